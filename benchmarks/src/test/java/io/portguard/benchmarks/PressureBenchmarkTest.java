package io.portguard.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class PressureBenchmarkTest {

    @Test
    void eachSourceThatIsThereHasItsCostBesideThatOfTheWholeTable() throws Exception {
        StringWriter out = new StringWriter();
        Report report = new PressureBenchmark(new PrintWriter(out), 600).run(200);
        assertThat(report.rows())
                .extracting(Report.Row::scenario)
                .contains("idle", "200 connections of IPv4", "200 connections of IPv6");
        for (String source : new String[] {"backlog", "overflows", "half-open", "whole-file"}) {
            assertThat(report.rows())
                    .filteredOn(row -> row.metric().equals(source))
                    .hasSize(3)
                    .allMatch(row -> row.value() > 0 && row.unit().equals("us"));
        }
        assertThat(out.toString()).contains("200 connections of IPv6, held by 1 processes\n  backlog");
    }
}
