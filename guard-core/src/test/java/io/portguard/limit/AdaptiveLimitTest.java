package io.portguard.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The default limit on a model of a service, in virtual time. */
class AdaptiveLimitTest {

    private static final Duration TARGET = Duration.ofMillis(20);

    private static ClosedModel model(int initial, int workers, long serviceMillis, long seed) {
        LimitParameters parameters = new LimitParameters(initial, 1, 10_000, TARGET);
        return new ClosedModel(Limits.of(Algorithm.ADAPTIVE, parameters), workers, serviceMillis, seed);
    }

    private static double capacity(int workers, long serviceMillis) {
        return workers * 1_000.0 / serviceMillis;
    }

    @ParameterizedTest
    @CsvSource({
        "50, 16, 10, 1",
        "500, 16, 10, 2",
        "2, 16, 10, 3",
        "50, 200, 50, 4",
        "4, 200, 50, 5",
        "1000, 50, 100, 6",
        "50, 4, 5, 7",
        "10, 1, 10, 8",
        "50, 1000, 20, 9"
    })
    void itFindsTheServicesCapacityFromAboveAndFromBelow(int initial, int workers, long millis, long seed) {
        ClosedModel model = model(initial, workers, millis, seed);
        model.ratePerSecond(capacity(workers, millis) * 3);
        model.run(20);
        model.forget();
        model.run(20);
        double goodput = model.servedPerSecond(20) / capacity(workers, millis);
        double queue = capacity(workers, millis) / 1_000 * TARGET.toMillis();
        assertThat(goodput).as("goodput").isGreaterThan(0.93);
        assertThat(model.limitNow()).as("limit").isLessThan((int)
                Math.ceil((workers + Math.max(queue, workers * 0.25)) * 1.5 + 2));
        assertThat(model.meanLatencyMillis()).as("latency").isLessThan(millis * 1.4 + TARGET.toMillis() * 1.4);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void itDoesNotRatchetUpUnderALongOverload(long seed) {
        ClosedModel model = model(50, 16, 10, seed);
        model.ratePerSecond(8_000);
        model.run(60);
        int early = model.highestLimit();
        for (int minute = 1; minute < 10; minute++) {
            model.forget();
            model.run(60);
            assertThat(model.highestLimit())
                    .as("seed %d, minute %d", seed, minute)
                    .isLessThanOrEqualTo((int) (early * 1.3));
            assertThat(model.servedPerSecond(60))
                    .as("seed %d, minute %d", seed, minute)
                    .isGreaterThan(1_600 * 0.93);
            assertThat(model.meanLatencyMillis())
                    .as("seed %d, minute %d", seed, minute)
                    .isLessThan(40);
        }
    }

    @Test
    void itDoesNotSpreadABurstOverTheTimeBeforeIt() {
        ClosedModel model = model(20, 16, 10, 16);
        model.ratePerSecond(800);
        model.run(10);
        int settled = model.limitNow();
        for (int burst = 0; burst < 20; burst++) {
            model.ratePerSecond(0);
            model.run(1 + burst);
            model.ratePerSecond(800);
            model.run(0.2);
        }
        assertThat(model.limitNow()).isLessThan(settled * 2);
    }

    @Test
    void roomForABurstIsThereOnceWhereItIsKnownWhatTheServiceCanDo() {
        ClosedModel model = model(20, 16, 10, 18);
        model.ratePerSecond(800);
        model.run(10);
        assertThat(model.allowanceNow().onceFull())
                .as("it may do more than has been seen")
                .isEqualTo(model.limitNow());
        model.ratePerSecond(4_800);
        model.run(20);
        assertThat(model.allowanceNow().onceFull()).as("while it is busy").isEqualTo(model.limitNow());
        model.ratePerSecond(800);
        model.run(10);
        double queue = capacity(16, 10) / 1_000 * TARGET.toMillis();
        assertThat(model.limitNow()).isGreaterThan((int) (2 * 16 + queue));
        assertThat(model.allowanceNow().onceFull()).isBetween(16 + (int) (queue * 0.8), 16 + (int) (queue * 1.5));
    }

    @Test
    void itForgetsWhatItWorkedOnWhileADependencyWasSlower() {
        ClosedModel model = model(20, 400, 10, 17);
        model.ratePerSecond(800);
        model.run(20);
        int before = model.limitNow();
        model.serviceMillis(300);
        model.run(60);
        assertThat(model.limitNow()).as("has room for all of them").isGreaterThan(240);
        model.serviceMillis(10);
        model.run(60);
        assertThat(model.limitNow()).isLessThan(before * 3);
    }

    /** Requests that wait for slow peers do not end, and nobody waits for them. */
    @Test
    void itHasRoomBesideRequestsThatStay() {
        LimitParameters parameters = new LimitParameters(20, 1, 10_000, TARGET);
        Limit limit = Limits.of(Algorithm.ADAPTIVE, parameters);
        Allowance allowance = limit.initial();
        for (int i = 0; i < 600; i++) {
            int staying = i < 100 ? 0 : 20;
            long millis = 1_000_000;
            allowance = limit.update(new Window(
                    110 * millis, 10, 10, 0, 10 * millis, 10L * (staying + 1), staying + 1, staying, 10, 0, 0));
            assertThat(allowance.limit()).as("window %d", i).isGreaterThan(staying + 1);
        }
    }

    /** The queue of callers who wait for their answers is as steady as a service is; so is that of a pool of threads. */
    @ParameterizedTest
    @ValueSource(ints = {32, 64, 200})
    void itDoesNotTakeTheQueueOfWaitingCallersForTheService(int callers) {
        ClosedModel model = model(20, 16, 10, 15);
        model.ratePerSecond(400);
        model.run(10);
        model.ratePerSecond(0);
        model.callers(callers);
        model.run(120);
        assertThat(model.capacityNow()).as("capacity").isLessThan(16 * 2 * 2);
        model.forget();
        model.ratePerSecond(3_200);
        model.run(3);
        assertThat(model.meanLatencyMillis()).as("latency").isLessThan(75);
        model.run(20);
        model.forget();
        model.run(20);
        assertThat(model.meanLatencyMillis()).as("latency").isLessThan(40);
        assertThat(model.servedPerSecond(20)).as("goodput").isGreaterThan(1_600 * 0.93);
    }

    @Test
    void itDoesNotChangeMuchWhileTheServiceHasLittleToDo() {
        ClosedModel model = model(50, 16, 10, 21);
        model.ratePerSecond(200);
        model.run(5);
        int settled = model.limitNow();
        model.forget();
        model.run(600);
        assertThat(model.refusedSince()).isZero();
        assertThat(model.lowestLimit()).isGreaterThanOrEqualTo(settled / 2);
        assertThat(model.highestLimit()).isLessThanOrEqualTo(settled * 2);
    }

    @Test
    void afterIdleTimeItKnowsWhatItKnew() {
        ClosedModel model = model(50, 16, 10, 22);
        model.ratePerSecond(4_000);
        model.run(20);
        int known = model.limitNow();
        model.ratePerSecond(50);
        model.run(300);
        // Room for a burst comes back.
        assertThat(model.limitNow()).isBetween(known / 2, known * 3);
        model.ratePerSecond(1_200);
        model.forget();
        model.run(10);
        assertThat(model.refusedSince()).isLessThan(12);
    }

    @Test
    void noRequestIsRefusedBelowEightyPercentOfTheCapacity() {
        ClosedModel model = model(50, 16, 10, 23);
        model.ratePerSecond(1_280);
        model.run(120);
        assertThat(model.refusedSince()).isLessThanOrEqualTo(15);
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32})
    void oneLuckyRequestDoesNotCrushIt(long seed) {
        ClosedModel model = model(50, 16, 10, seed);
        model.luckyOneIn(200, 10);
        model.ratePerSecond(4_000);
        model.run(10);
        model.forget();
        model.run(60);
        assertThat(model.servedPerSecond(60)).isGreaterThan(1_600 * 0.93);
    }

    @Test
    void itFollowsACapacityThatHalvesAndComesBack() {
        ClosedModel model = model(50, 32, 10, 41);
        model.ratePerSecond(8_000);
        model.run(20);
        model.workers(16);
        model.run(10);
        model.forget();
        model.run(20);
        assertThat(model.servedPerSecond(20)).as("halved").isGreaterThan(1_600 * 0.92);
        assertThat(model.meanLatencyMillis()).as("halved").isLessThan(10 * 1.5 + 20 * 1.5);
        model.workers(32);
        model.run(15);
        model.forget();
        model.run(20);
        assertThat(model.servedPerSecond(20)).as("back").isGreaterThan(3_200 * 0.92);
    }

    @ParameterizedTest
    @ValueSource(longs = {51, 52})
    void aLatencyThatRisesWithoutCapacityLostIsFollowed(long seed) {
        // Room for many at once: a slower dependency makes each take longer, and more of them fit.
        ClosedModel model = model(50, 10_000, 20, seed);
        model.ratePerSecond(1_000);
        model.run(20);
        model.serviceMillis(100);
        model.run(5);
        model.forget();
        model.run(30);
        assertThat(model.servedPerSecond(30)).isGreaterThan(1_000 * 0.95);
    }

    @ParameterizedTest
    @ValueSource(longs = {61, 62})
    void afterAnOverloadItIsSoonBackToNormal(long seed) {
        ClosedModel model = model(50, 16, 10, seed);
        model.ratePerSecond(16_000);
        model.run(30);
        model.ratePerSecond(800);
        model.run(2);
        model.forget();
        model.run(10);
        assertThat(model.refusedSince()).isZero();
        assertThat(model.meanLatencyMillis()).isLessThan(12);
    }

    @ParameterizedTest
    @ValueSource(longs = {71, 72})
    void atALoadThatIsJustTooHighItDoesNotClimbForEver(long seed) {
        // Where latency stays at 1.25 times its least, an algorithm that compares the two with tolerance grows and
        // grows.
        ClosedModel model = model(20, 16, 10, seed);
        model.ratePerSecond(1_600 * 1.04);
        model.run(60);
        model.forget();
        model.run(60);
        int early = model.highestLimit();
        model.run(780);
        model.forget();
        model.run(60);
        assertThat(model.highestLimit()).as("seed %d", seed).isLessThan(early * 3 / 2);
        assertThat(model.meanLatencyMillis()).as("seed %d", seed).isLessThan(30);
    }

    @ParameterizedTest
    @ValueSource(longs = {73, 74, 75})
    void aQueueThatGrowsSlowlyIsNotTakenForTheService(long seed) {
        ClosedModel model = model(20, 16, 10, seed);
        model.spread(0);
        model.ratePerSecond(800);
        model.run(10);
        model.ratePerSecond(1_600 * 1.03);
        for (int second = 0; second < 8; second++) {
            model.forget();
            model.run(1);
            assertThat(model.meanLatencyMillis())
                    .as("seed %d, second %d", seed, second)
                    .isLessThan(35);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {81, 82})
    void aLargeServiceIsReachedWithinSeconds(long seed) {
        ClosedModel model = model(20, 1_000, 100, seed);
        model.ratePerSecond(15_000);
        model.run(5);
        model.forget();
        model.run(5);
        assertThat(model.servedPerSecond(5)).as("seed %d", seed).isGreaterThan(10_000 * 0.9);
    }

    @Test
    void lookingForTheLatencyRefusesNobodyBelowTheCapacity() {
        ClosedModel model = model(20, 16, 10, 91);
        model.ratePerSecond(1_100);
        model.run(600);
        assertThat(model.refusedSince()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {101, 102})
    void aLatencyThatRisesBitByBitIsNoReasonToRefuse(long seed) {
        ClosedModel model = model(20, 10_000, 20, seed);
        model.ratePerSecond(2_000);
        model.run(10);
        model.forget();
        for (int millis = 20; millis < 120; millis++) {
            model.serviceMillis(millis);
            model.run(0.2);
        }
        assertThat(model.refusedSince()).as("seed %d", seed).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 60})
    void theFloorDoesNotKeepItFromMeasuring(int floor) {
        LimitParameters parameters = new LimitParameters(Math.max(20, floor), floor, 10_000, TARGET);
        ClosedModel model = new ClosedModel(Limits.of(Algorithm.ADAPTIVE, parameters), 16, 10, 111);
        model.ratePerSecond(4_000);
        model.run(30);
        assertThat(model.capacityNow()).isBetween(13, 20);
        assertThat(model.limitNow()).isGreaterThanOrEqualTo(floor);
    }

    @Test
    void aHigherFloorAndALowerCeilingAreKept() {
        AdaptiveLimit limit = new AdaptiveLimit(new LimitParameters(50, 1, 1_000, TARGET));
        assertThat(limit.reconfigure(new LimitParameters(100, 100, 1_000, TARGET))
                        .limit())
                .isGreaterThanOrEqualTo(100);
        assertThat(limit.reconfigure(new LimitParameters(5, 1, 5, TARGET))).isEqualTo(new Allowance(5, 5));
    }

    @Test
    void beforeAnythingWasMeasuredTheLimitIsTheInitialOne() {
        AdaptiveLimit limit = new AdaptiveLimit(new LimitParameters(50, 1, 1_000, TARGET));
        assertThat(limit.initial()).isEqualTo(new Allowance(50, 50));
    }
}
