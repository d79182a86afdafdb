package io.portguard.benchmarks.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Draws the requests of a scenario: Poisson arrivals by thinning, from one seed. */
final class Workload {

    private Workload() {}

    static List<Request> draw(Scenario scenario, long seed) {
        SplittableRandom root = new SplittableRandom(seed);
        List<Request> requests = new ArrayList<>();
        double nominal = scenario.nominalRate();
        for (int mix = 0; mix < scenario.mixes().size(); mix++) {
            SplittableRandom random = root.split();
            ClientMix group = scenario.mixes().get(mix);
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
                            Scenario.LEAST_ASYNC_UNIT + 2 * (1 - Scenario.LEAST_ASYNC_UNIT) * random.nextDouble(),
                            group.retries()));
                }
            }
        }
        requests.sort(Comparator.comparingLong(request -> request.arrivesAt));
        return requests;
    }
}
