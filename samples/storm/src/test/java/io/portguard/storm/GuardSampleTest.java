package io.portguard.storm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class GuardSampleTest {

    private final JsonMapper mapper = new JsonMapper();

    @Test
    void theStateIsFoundWhereverItIs() {
        GuardSample sample =
                read("{\"name\":\"server\",\"state\":{\"activeRequests\":20,\"requestLimit\":24,\"sheddingLevel\":3}}");

        assertThat(sample.active()).isEqualTo(20);
        assertThat(sample.limit()).isEqualTo(24);
        assertThat(sample.sheddingLevel()).isEqualTo(3);
        assertThat(sample.pressure()).isNaN();
    }

    @Test
    void spellingDoesNotMatterAndOfSeveralPressuresTheHighestCounts() {
        GuardSample sample = read("{\"active-requests\":1,\"RequestLimit\":2,\"pressure\":{\"cpu\":0.2,\"fds\":0.6}}");

        assertThat(sample.active()).isEqualTo(1);
        assertThat(sample.limit()).isEqualTo(2);
        assertThat(sample.pressure()).isEqualTo(0.6);
    }

    @Test
    void aDocumentThatSaysNothingIsASampleOfNothing() {
        assertThat(read("[1, 2]").active()).isNaN();
        assertThat(read("{\"activeRequests\":\"many\"}").active()).isNaN();
    }

    private GuardSample read(String json) {
        return GuardSample.of(1, mapper.readTree(json));
    }
}
