package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScanWatchTest {

    private static final ClientKey SCANNER = ClientKey.named("scanner");

    private final ScanWatch watch = new ScanWatch();
    private final List<String> told = new ArrayList<>();
    private final ScanWatch.Watcher watcher =
            (attempt, ports) -> told.add(attempt.client().key() + " " + ports);

    private void touch(int port, long second) {
        touch(SCANNER, port, 0, second);
    }

    private void touch(ClientKey client, int port, int bytes, long second) {
        watch.touched(watcher, port, Attempt.connection(() -> client, null), false, bytes, nanos(second));
        watch.judge(nanos(second));
    }

    private static long nanos(long second) {
        return TimeUnit.SECONDS.toNanos(second) - 7;
    }

    private List<String> toldAt(long second) {
        watch.judge(nanos(second));
        return told;
    }

    @Test
    void whoTouchesThreePortsWithinAMinuteAndDoesNotComeAgainHasScannedThem() {
        touch(80, 0);
        touch(443, 30);
        touch(22, 60);
        assertThat(toldAt(150)).isEmpty();
        assertThat(toldAt(152)).containsExactly("scanner 3");
        assertThat(toldAt(1_000)).hasSize(1);
        assertThat(watch.clients()).isZero();
    }

    @Test
    void everyGuardWhosePortsWereTouchedIsToldOnce() {
        List<Integer> others = new ArrayList<>();
        ScanWatch.Watcher other = (attempt, ports) -> others.add(ports);
        touch(80, 0);
        touch(443, 0);
        watch.touched(other, 80, Attempt.connection(() -> SCANNER, null), false, 0, nanos(1));
        assertThat(toldAt(100)).containsExactly("scanner 3");
        assertThat(others).containsExactly(3);
    }

    @Test
    void whoTriesADecoyIsNotWaitedFor() {
        touch(80, 0);
        touch(443, 0);
        watch.touched(watcher, 23, Attempt.connection(() -> SCANNER, null), true, 0, nanos(1));
        assertThat(told).containsExactly("scanner 3");
    }

    @Test
    void whoComesAgainToPortsThatItAsksAsWellIsAProbe() {
        for (int port = 0; port < 3; port++) {
            touch(port, 0);
        }
        for (int second = 10; second < 90; second += 10) {
            for (int port = 0; port < 3; port++) {
                watch.touchedAgain(watcher, port, Attempt.connection(() -> SCANNER, null), 0, nanos(second));
            }
        }
        assertThat(toldAt(152)).isEmpty();
    }

    @Test
    void whoOnlyComesAgainToPortsThatItAsksIsNotSuspected() {
        for (int port = 0; port < 3; port++) {
            watch.touchedAgain(watcher, port, Attempt.connection(() -> SCANNER, null), 0, nanos(port));
        }
        assertThat(watch.clients()).isZero();
    }

    @Test
    void portsThatAreInUseWhenItIsJudgedMakeNoScan() {
        boolean[] uses = {true};
        ScanWatch.Watcher used = new ScanWatch.Watcher() {
            @Override
            public void scanned(Attempt attempt, int ports) {
                told.add("in use");
            }

            @Override
            public boolean isUsing(Attempt attempt) {
                return uses[0];
            }
        };
        for (int round = 0; round < 2; round++) {
            long second = 1_000L * round;
            touch(80, second);
            touch(443, second);
            watch.touched(used, 0, Attempt.connection(() -> SCANNER, null), false, 0, nanos(second));
            assertThat(toldAt(second + 92)).hasSize(2 * round);
            uses[0] = false;
        }
    }

    @Test
    void whoWasPassedOverWhileTooManyWereRememberedIsLookedAtTwice() {
        for (int i = 0; i < 10_000; i++) {
            touch(ClientKey.named("client " + i), 80, 0, 0);
        }
        scanAt(1);
        assertThat(watch.clients()).isEqualTo(10_000);
        assertThat(toldAt(62)).isEmpty();
        scanAt(63);
        assertThat(toldAt(155)).isEmpty();
        scanAt(200);
        assertThat(toldAt(292)).containsExactly("scanner 3");
    }

    private void scanAt(long second) {
        touch(80, second);
        touch(443, second);
        touch(22, second);
    }

    @Test
    void theSamePortOftenIsNone() {
        for (int second = 0; second < 1_000; second++) {
            touch(80 + second % 2, second);
        }
        assertThat(toldAt(2_000)).isEmpty();
    }

    @Test
    void portsThatAreFarApartInTimeAreNone() {
        for (int port = 1; port < 1_000; port++) {
            touch(port, port * 31L);
        }
        assertThat(toldAt(100_000)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 10, 30, 60, 80})
    void aLoadBalancerThatLooksWhetherPortsAreOpenIsNone(int interval) {
        for (int round = 0; round < 100; round++) {
            for (int port = 1; port <= 10; port++) {
                touch(port, (long) round * interval);
            }
        }
        assertThat(toldAt(100L * interval + 1_000)).isEmpty();
        assertThat(watch.clients()).isZero();
    }

    @Test
    void whoComesAgainAndSaysSomethingElseHasScanned() {
        for (int port = 1; port <= 3; port++) {
            touch(SCANNER, port, 0, 0);
            touch(SCANNER, port, 18, 10);
        }
        assertThat(toldAt(200)).containsExactly("scanner 3");
    }

    @Test
    void whoComesAgainToSomeOfThePortsOnlyHasScanned() {
        for (int port = 1; port <= 3; port++) {
            touch(port, 0);
        }
        touch(1, 10);
        touch(2, 10);
        assertThat(toldAt(200)).containsExactly("scanner 3");
    }

    @Test
    void whoComesAgainAllTheTimeHasScanned() {
        for (int second = 0; second < 80; second++) {
            for (int times = 0; times < 15; times++) {
                touch(1 + times % 3, second);
            }
        }
        assertThat(toldAt(200)).containsExactly("scanner 3");
    }

    @Test
    void aProbeThatTriesOtherPortsThanItsUsualOnesIsSeen() {
        for (int second = 0; second < 600; second += 5) {
            for (int port = 1; port <= 5; port++) {
                touch(port, second);
            }
            if (second == 300) {
                touch(6, second);
                touch(7, second);
                assertThat(told).isEmpty();
                touch(8, second);
            }
        }
        assertThat(told).containsExactly("scanner 3");
    }

    @Test
    void eachClientIsWatchedByItself() {
        touch(1, 0);
        touch(2, 0);
        touch(ClientKey.named("other"), 3, 0, 0);
        assertThat(toldAt(200)).isEmpty();
    }

    @Test
    void ofFewClientsAndPortsSomethingIsRemembered() {
        for (int client = 0; client < 20_000; client++) {
            touch(ClientKey.named("client " + client), 1, 0, 0);
        }
        assertThat(watch.clients()).isEqualTo(10_000);
        assertThat(toldAt(62)).isEmpty();
        assertThat(watch.clients()).isZero();
        for (int port = 0; port < 1_000; port++) {
            touch(port, 100);
        }
        assertThat(toldAt(200)).containsExactly("scanner " + ScanWatch.MAX_PORTS);
    }
}
