package io.portguard.standard;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.pressure.NetworkNamespace;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real sockets, the kernel's own counters: what a guard does about a service that stalls, and what happens without. */
class StallTest {

    private static final String SET_UP = "ip link set lo up";

    @ParameterizedTest
    @ValueSource(strings = {"slow-acceptor", "executor"})
    void aStalledServiceShedsBeforeTheKernelDropsAndWithoutTheGuardItDrops(String stalled) throws Exception {
        NetworkNamespace.assumePossible();
        try (NetworkNamespace bare = NetworkNamespace.run(SET_UP, StallScenario.class, stalled, "bare");
                NetworkNamespace guarded = NetworkNamespace.run(SET_UP, StallScenario.class, stalled, "guarded")) {
            assertThat(number(bare.report(), "overflows"))
                    .as("without the guard")
                    .isPositive();
            Map<String, String> report = guarded.report();
            assertThat(number(report, "firstShedMillis")).as("%s", report).isNotNegative();
            assertThat(number(report, "closed")).as("%s", report).isPositive();
            assertThat(report).containsEntry("severest", "close");
            assertThat(number(report, "overflows")).as("%s", report).isZero();
        }
    }

    /** Nobody can close a connection for an acceptor that does not run; but requests are shed before the kernel drops. */
    @Test
    void aBlockedAcceptorIsNoticedBeforeTheKernelDrops() throws Exception {
        NetworkNamespace.assumePossible();
        try (NetworkNamespace guarded =
                NetworkNamespace.run(SET_UP, StallScenario.class, "blocked-acceptor", "guarded")) {
            Map<String, String> report = guarded.report();
            assertThat(number(report, "overflows")).as("%s", report).isPositive();
            assertThat(number(report, "firstShedMillis"))
                    .as("%s", report)
                    .isNotNegative()
                    .isLessThan(number(report, "firstOverflowMillis"));
        }
    }

    private static long number(Map<String, String> report, String name) {
        return Long.parseLong(report.get(name));
    }
}
