package io.portguard.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReasonsTest {

    private final Reasons reasons = new Reasons();

    @Test
    void theReasonIsFoundInAProblemDocument() {
        assertThat(find("{\"status\":429,\"title\":\"Too Many Requests\",\"reason\":\"fair-share\"}"))
                .isEqualTo("fair-share");
        assertThat(find("{ \"reason\" : \"overload\" }")).isEqualTo("overload");
    }

    @Test
    void withoutAReasonThereIsNone() {
        assertThat(find("")).isEmpty();
        assertThat(find("<html>503</html>")).isEmpty();
        assertThat(find("{\"reason\":17}")).isEmpty();
        assertThat(find("{\"reason\":\"cut o")).isEmpty();
        assertThat(find("{\"reason\"")).isEmpty();
    }

    @Test
    void theSameReasonIsTheSameString() {
        assertThat(find("{\"reason\":\"overload\"}")).isSameAs(find("{\"status\":503,\"reason\":\"overload\"}"));
    }

    @Test
    void aServerThatInventsReasonsFillsNoMemory() {
        for (int i = 0; i < 64; i++) {
            assertThat(find("{\"reason\":\"r" + i + "\"}")).isEqualTo("r" + i);
        }

        assertThat(find("{\"reason\":\"one too many\"}")).isEqualTo("other");
    }

    private String find(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
        return reasons.find(bytes, bytes.length);
    }
}
