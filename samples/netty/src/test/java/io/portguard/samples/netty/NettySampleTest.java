package io.portguard.samples.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class NettySampleTest {

    private final StringWriter errors = new StringWriter();
    private final CommandLine sample = NettySample.commandLine().setErr(new PrintWriter(errors, true));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--port=none|'none'",
                "--unknown|Unknown option",
                "--guard=perhaps|expected one of",
                "--workers=0|\"0\" (expected: a whole number from 1",
                "--service-time=soon|\"soon\" (expected: ",
                "--set=clients.rate=fast|clients.rate: \"fast\" (expected: ",
                "--set=clients.rat=1|clients.rat: ",
                "--set=enabled=maybe|enabled: \"maybe\" (expected: true or false)"
            })
    void aWrongArgumentIsToldWithTheUsage(String argument, String told) {
        assertThat(sample.execute(argument)).isEqualTo(2);
        assertThat(errors.toString()).contains(told).contains("Usage: netty-sample");
    }

    @Test
    void aPortThatIsTakenEndsTheStart() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertThat(sample.execute("--address=127.0.0.1", "--port", port)).isEqualTo(1);
            assertThat(errors.toString()).contains("Cannot listen on 127.0.0.1:" + port);
        }
    }
}
