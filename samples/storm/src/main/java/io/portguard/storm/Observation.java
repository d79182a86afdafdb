package io.portguard.storm;

import io.portguard.benchmarks.load.LoadListener;
import io.portguard.benchmarks.load.LoadResult;
import io.portguard.benchmarks.load.OpenLoop;
import io.portguard.benchmarks.load.Phase;
import io.portguard.benchmarks.load.Slot;
import io.portguard.benchmarks.overload.Recovery;
import io.portguard.benchmarks.overload.RecoveryWatch;
import io.portguard.benchmarks.overload.Scenario;
import java.time.Duration;
import java.util.List;

/**
 * What came of one scenario on one service.
 *
 * @param load what the clients saw
 * @param recovery how long it took the service to be itself again
 * @param cpuPercent the service's CPU time during the flood, in percent of all the machine's cores
 * @param guardSamples what its guard said; empty without a guard
 * @param health how the health probes fared
 */
record Observation(
        LoadResult load, Recovery recovery, double cpuPercent, List<GuardSample> guardSamples, HealthCount health) {

    private static final double CALM_SECONDS = 4;

    /** Plays a scenario. */
    static Observation of(Scenario scenario, ServerProcess server, LoadListener display) throws InterruptedException {
        Watch watch = new Watch(server, display);
        OpenLoop loop = new OpenLoop(scenario.plan(server.port()), watch);
        watch.recovery.stops(loop);
        try (Probes probes = Probes.start(server.port())) {
            LoadResult result = loop.run();
            return new Observation(
                    result, Recovery.of(result), watch.cpuPercent, probes.guardSamples(), probes.health());
        }
    }

    /** Follows the run: measures the service's CPU time during the flood, and ends the run after the recovery. */
    private static final class Watch implements LoadListener {

        private final ServerProcess server;
        private final LoadListener display;
        private final RecoveryWatch recovery = new RecoveryWatch(CALM_SECONDS);
        private Duration cpuAtFlood = Duration.ZERO;
        private long floodStart;
        private double cpuPercent;

        Watch(ServerProcess server, LoadListener display) {
            this.server = server;
            this.display = display;
        }

        @Override
        public void phaseBegan(Phase phase) {
            long now = System.nanoTime();
            if (phase.name().equals(Scenario.FLOOD)) {
                floodStart = now;
                cpuAtFlood = server.cpuTime();
            } else if (phase.name().equals(Scenario.AFTER)) {
                double used = server.cpuTime().minus(cpuAtFlood).toNanos();
                cpuPercent =
                        100 * used / (now - floodStart) / Runtime.getRuntime().availableProcessors();
            }
            display.phaseBegan(phase);
        }

        @Override
        public void loadEnded() {
            display.loadEnded();
        }

        @Override
        public void slotSettled(Slot slot) {
            display.slotSettled(slot);
            recovery.slotSettled(slot);
        }
    }
}
