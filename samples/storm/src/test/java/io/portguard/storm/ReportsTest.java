package io.portguard.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.benchmarks.overload.Scenario;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportsTest {

    private static final List<String> CONTRACT = List.of(
            "goodput_pct",
            "admitted_p50_ms",
            "admitted_p99_ms",
            "rejected_p99_ms",
            "polite_success_pct",
            "critical_success_pct",
            "recovery_s",
            "cpu_pct");

    private final List<Comparison> comparisons = List.of(
            Results.comparison(Scenario.overload(10, Results.CAPACITY, Results.LENGTHS)),
            Results.comparison(Scenario.flood(Results.CAPACITY, Results.LENGTHS)));

    @Test
    void theJsonHasTheContractsKeysFirst() {
        JsonNode report = new JsonMapper().readTree(JsonReport.of(Results.CAPACITY, comparisons));

        assertThat(report.propertyNames())
                .containsExactly("capacity_rps", "offered_rps", "unguarded", "guarded", "flood");
        assertThat(report.get("capacity_rps").doubleValue()).isEqualTo(1_000);
        assertThat(report.get("offered_rps").doubleValue()).isEqualTo(10_000);
        for (String subject : List.of("unguarded", "guarded")) {
            assertThat(List.copyOf(report.get(subject).propertyNames()).subList(0, CONTRACT.size()))
                    .isEqualTo(CONTRACT);
        }
        assertThat(report.get("flood").propertyNames()).containsExactly("offered_rps", "unguarded", "guarded");
    }

    @Test
    void theJsonTellsFiguresAsNumbersAndMissingOnesAsNull() {
        JsonNode report = new JsonMapper().readTree(JsonReport.of(Results.CAPACITY, comparisons));

        JsonNode guarded = report.get("guarded");
        assertThat(guarded.get("goodput_pct").doubleValue()).isEqualTo(80);
        assertThat(guarded.get("recovery_s").doubleValue()).isEqualTo(0.25);
        assertThat(guarded.get("recovered").booleanValue()).isTrue();
        assertThat(guarded.get("refused_by_reason").get("fair-share").longValue())
                .isEqualTo(550);
        assertThat(guarded.get("health_probes").get("refused").intValue()).isZero();
        JsonNode unguarded = report.get("unguarded");
        assertThat(unguarded.get("rejected_p99_ms").isNull()).isTrue();
        assertThat(unguarded.get("recovery_s").doubleValue()).isEqualTo(15);
        assertThat(unguarded.get("recovered").booleanValue()).isFalse();
    }

    @Test
    void aFloodAloneLeavesTheOverloadOut() {
        JsonNode report = new JsonMapper().readTree(JsonReport.of(Results.CAPACITY, comparisons.subList(1, 2)));

        assertThat(report.propertyNames()).containsExactly("capacity_rps", "flood");
    }

    @Test
    void theTextSetsOneServiceBesideTheOther() {
        assertThat(TextReport.of(comparisons.get(0)))
                .contains("overload: 10 times capacity, half of it from one abusive client")
                .contains("10,000 requests/s offered to a service that can do 1,000")
                .containsPattern("goodput, % of capacity +0\\.0 +80\\.0")
                .containsPattern("recovery after the flood, s +not within 15\\.00 +0\\.25")
                .containsPattern("refused: p99 latency, ms +- +3\\.0")
                .containsPattern(" {4}fair-share +0 +550");
    }

    @Test
    void aGeneratorThatWasLateCastsDoubtOnTheFigures() {
        Scenario scenario = Scenario.overload(10, Results.CAPACITY, Results.LENGTHS);
        Comparison busy = new Comparison(
                scenario,
                Results.CAPACITY,
                Map.of(
                        Subject.UNGUARDED, Results.observation(Subject.UNGUARDED, 61),
                        Subject.GUARDED, Results.observation(Subject.GUARDED)));

        assertThat(comparisons.get(0).caution()).isEmpty();
        assertThat(TextReport.of(busy)).contains("by 61 ms (unguarded).");
    }

    @Test
    void thePageHoldsItsDataAndNeedsNothingElse() throws IOException {
        String page = HtmlReport.of(Results.CAPACITY, comparisons);

        assertThat(page)
                .contains("uPlot=function", ".uplot", "\"fair-share\":[0.0,2200.0,0.0]")
                .doesNotContain("/*DATA*/", "/*UPLOT_JS*/", "/*UPLOT_CSS*/", "<link", " src=");
        String data = page.substring(page.indexOf("application/json\">") + 18);
        JsonNode read = new JsonMapper().readTree(data.substring(0, data.indexOf("</script>")));
        JsonNode guarded = read.get("scenarios").get(0).get("subjects").get("guarded");
        assertThat(guarded.get("t")).hasSize(3);
        assertThat(guarded.get("flood").get(1).doubleValue()).isEqualTo(0.5);
        assertThat(guarded.get("guard").get("limit").get(0).doubleValue()).isEqualTo(24);
        assertThat(guarded.get("guard").get("sheddingLevel").get(0).isNull()).isTrue();
    }
}
