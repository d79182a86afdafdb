package io.portguard.benchmarks.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Draws the requests of a scenario from one seed: Poisson arrivals by thinning, and the first request of each client
 * in a closed loop. What such a client sends next is drawn when its turn comes, and is the same for every subject.
 */
final class Workload {

    private Workload() {}

    static List<Request> draw(Scenario scenario, long seed) {
        SplittableRandom root = new SplittableRandom(seed);
        List<Request> requests = new ArrayList<>();
        double nominal = scenario.nominalRate();
        for (int mix = 0; mix < scenario.mixes().size(); mix++) {
            SplittableRandom random = root.split();
            ClientMix group = scenario.mixes().get(mix);
            if (group.loop() != null) {
                for (int client = 0; client < group.clients(); client++) {
                    requests.add(follow(scenario, group.loop(), mix, client, random.nextLong(), 0));
                }
                continue;
            }
            double highest = 0;
            for (double t = 0; t < scenario.seconds(); t += 0.05) {
                highest = Math.max(highest, group.load().at(t));
            }
            double second = 0;
            while (highest > 0) {
                second += -Math.log(1 - random.nextDouble()) / (highest * nominal);
                if (second >= scenario.seconds()) {
                    break;
                }
                if (random.nextDouble() * highest < group.load().at(second)) {
                    requests.add(new Request(
                            (long) (second * 1e9),
                            mix,
                            random.nextInt(group.clients()),
                            scenario.workTime().sample(random),
                            asyncUnit(random),
                            group.retries(),
                            0));
                }
            }
        }
        requests.sort(Comparator.comparingLong(request -> request.arrivesAt));
        return requests;
    }

    /** What a client sends after a request that ended at a moment; null when it does not wait for that. */
    static @Nullable Request next(Scenario scenario, Request ended, long atNanos) {
        ClientMix.ClosedLoop loop = scenario.mixes().get(ended.mix).loop();
        return loop == null ? null : follow(scenario, loop, ended.mix, ended.client, ended.script, atNanos);
    }

    private static Request follow(
            Scenario scenario, ClientMix.ClosedLoop loop, int mix, int client, long script, long afterNanos) {
        SplittableRandom random = new SplittableRandom(script);
        double think = -Math.log(1 - random.nextDouble()) * loop.thinkMillis() * 1e6;
        double work = scenario.workTime().sample(random);
        return new Request(afterNanos + (long) think, mix, client, work, asyncUnit(random), 0, random.nextLong());
    }

    private static double asyncUnit(SplittableRandom random) {
        return Scenario.LEAST_ASYNC_UNIT + 2 * (1 - Scenario.LEAST_ASYNC_UNIT) * random.nextDouble();
    }
}
