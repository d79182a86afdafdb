package io.portguard.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class MarkdownTableTest {

    private final Report report = Report.named("some");

    MarkdownTableTest() {
        report.add("2x", "portguard", "goodput", 101.26, "%");
        report.add("2x", "portguard", "connections", 12_345, "1");
        report.add("2x", "peer 1.0", "goodput", 0.5, "%");
    }

    @Test
    void oneLineForEachCaseAndSubject() {
        assertThat(MarkdownTable.ofMetrics(report, List.of()).text()).isEqualTo("""
                | case | subject | goodput, % | connections |
                | --- | --- | ---: | ---: |
                | 2x | portguard | 101.3 | 12,345 |
                | 2x | peer 1.0 | 0.50 |  |
                """);
    }

    @Test
    void theColumnsThatWereAskedForInTheirOrder() {
        assertThat(MarkdownTable.ofMetrics(report, List.of("connections")).text())
                .isEqualTo("""
                | case | subject | connections |
                | --- | --- | ---: |
                | 2x | portguard | 12,345 |
                """);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MarkdownTable.ofMetrics(report, List.of("speed")))
                .withMessage("metric: speed (expected: one of goodput; connections)");
    }

    @Test
    void aColumnForEachSubjectOfOneMetric() {
        report.add("5x", "portguard", "goodput", 99, "%");
        assertThat(MarkdownTable.ofSubjects(report, "goodput").text()).isEqualTo("""
                | case | portguard | peer 1.0 |
                | --- | ---: | ---: |
                | 2x | 101.3 | 0.50 |
                | 5x | 99.0 |  |
                """);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MarkdownTable.ofSubjects(report, "speed"))
                .withMessage("metric: speed (expected: one of goodput; connections)");
    }
}
