package io.portguard.benchmarks.overload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FrontTest {

    @Test
    void aConfigurationIsFilledInAndStaysOnLoopback() {
        for (Front front : Front.values()) {
            String configuration = front.configuration(4711, 4712);

            assertThat(configuration)
                    .contains("127.0.0.1:4711", "127.0.0.1:4712", "32")
                    .doesNotContain("${");
        }
    }

    @Test
    void theVersionIsFoundInWhatTheProgramSays() {
        assertThat(Front.versionIn("nginx version: nginx/1.22.1\n")).isEqualTo("1.22.1");
        assertThat(Front.versionIn("HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/\n"))
                .isEqualTo("2.6.12");
        assertThat(Front.versionIn("unknown option\n")).isEmpty();
    }
}
