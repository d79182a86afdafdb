package io.portguard.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.benchmarks.overload.Scenario;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class LiveTableTest {

    private final StringWriter written = new StringWriter();

    @Test
    void withoutATerminalEverySecondHasALineOfItsOwn() {
        play(new LiveTable(new PrintWriter(written), false, Runnable::run));

        assertThat(written.toString().lines()).hasSize(4);
        assertThat(written.toString()).contains("before", "flood").doesNotContain("\u001b");
    }

    @Test
    void onATerminalAPhaseIsOneLineThatIsDrawnAgain() {
        play(new LiveTable(new PrintWriter(written), true, Runnable::run));

        String[] lines = written.toString().split(System.lineSeparator());
        assertThat(lines).hasSize(3);
        assertThat(lines[1].split("\u001b\\[2K")).hasSize(4);
        assertThat(lines[1]).contains("   1 s", "   2 s").endsWith("100.0");
        assertThat(lines[2]).endsWith("10.0");
    }

    private static void play(LiveTable table) {
        for (int i = 0; i < 8; i++) {
            table.slotSettled(Results.slot(i * 0.25, Scenario.BEFORE, Results.tally(100, 10, 0)));
        }
        for (int i = 8; i < 12; i++) {
            table.slotSettled(Results.slot(i * 0.25, Scenario.FLOOD, Results.tally(100, 10, 900)));
        }
        table.finish();
    }
}
