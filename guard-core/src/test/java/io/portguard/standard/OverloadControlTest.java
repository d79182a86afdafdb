package io.portguard.standard;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.CapturedLog;
import io.portguard.ConnectionStance;
import io.portguard.Decision;
import io.portguard.GuardListener;
import io.portguard.ManualClock;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.PressureEvent;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.pressure.PressureSource;
import io.portguard.pressure.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The graduated answer of a whole guard, in virtual time. */
class OverloadControlTest {

    private final CapturedLog log = new CapturedLog();
    private final ManualClock clock = new ManualClock();
    private final Scripted stock = new Scripted("stock");
    private final Scripted queue = new Scripted("queue");
    private final Scripted acceptQueue = new Scripted("accept-queue");
    private final List<PressureEvent> told = new ArrayList<>();
    private final StandardGuard port = StandardGuard.builder("test")
            .clock(clock)
            .tickInterval(Duration.ZERO)
            .pressure(stock, Trigger.stock(0.8, 1))
            .pressure(queue, Trigger.queue(0.5, 1))
            .pressure(acceptQueue, Trigger.acceptQueue(0.25, 0.75))
            .listener(new GuardListener() {
                @Override
                public void pressureChanged(PressureEvent event) {
                    told.add(event);
                }
            })
            .build();
    private final List<Permit> busy = new ArrayList<>();

    private static final class Scripted implements PressureSource {

        private final String name;
        private double reading;

        Scripted(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public double sample(long nowNanos) {
            return reading;
        }
    }

    OverloadControlTest() {
        tick(10_050); // it is warm
        // So that the service has something to do.
        for (int i = 0; i < 20; i++) {
            busy.add((Permit) request(Priority.CRITICAL));
        }
    }

    @AfterEach
    void nothingIsLeft() {
        log.close();
        busy.forEach(permit -> permit.release(Outcome.IGNORED));
        assertThat(port.status().activeRequests()).isZero();
        assertThat(port.status().activeConnections()).isZero();
    }

    private Decision request(Priority priority) {
        return port.guard().tryAdmit(Attempts.request(port.guard().client(Attempts.key(1)), priority));
    }

    private Decision connect() {
        return port.guard().tryAdmit(connection());
    }

    private Attempt connection() {
        return Attempt.connection(port.guard().client(Attempts.key(1)), null);
    }

    private void tick(int millis) {
        for (int tick = 0; tick < millis / 50; tick++) {
            clock.advanceMillis(50);
            port.guard().tick();
        }
    }

    private static void assertAdmitted(Decision decision) {
        assertThat(decision).isInstanceOf(Permit.class);
        ((Permit) decision).release(Outcome.SUCCESS);
    }

    @Test
    void withoutPressureAllIsAccepted() {
        tick(10_000);
        assertThat(port.connectionStance()).isEqualTo(ConnectionStance.ACCEPT);
        assertAdmitted(connect());
        assertThat(port.pressure().events()).isEmpty();
    }

    @Test
    void requestsAreShedFirstThenConnectionsInOrder() {
        stock.reading = 1;
        tick(50);
        assertThat(port.status().sheddingLevel()).isEqualTo(511);
        assertThat(port.connectionStance()).isEqualTo(ConnectionStance.ACCEPT);
        tick(250);
        assertThat(port.connectionStance()).isEqualTo(ConnectionStance.PAUSE);
        assertAdmitted(connect());
        tick(500);
        assertThat(port.connectionStance()).isEqualTo(ConnectionStance.CLOSE);
        assertThat(connect()).isEqualTo(Rejection.of(Reason.OVERLOAD));
        assertAdmitted(port.guard().tryAdmit(connection().exempted()));
        tick(2_000);
        assertThat(port.connectionStance()).isEqualTo(ConnectionStance.NO_KEEP_ALIVE);
        stock.reading = 0.1;
        tick(1_200);
        assertThat(port.connectionStance()).isEqualTo(ConnectionStance.ACCEPT);
        assertAdmitted(connect());
        tick(2_000);
        assertThat(port.status().sheddingLevel()).isZero();
        assertThat(port.guard().counts(Attempt.Kind.CONNECTION).rejected(Reason.OVERLOAD))
                .isOne();
        assertThat(told)
                .extracting(PressureEvent::toString)
                .containsExactly(
                        "shedding: none -> critical (stock at 100 %)",
                        "stance: accept -> pause (stock at 100 %)",
                        "stance: pause -> close (stock at 100 %)",
                        "stance: close -> no-keep-alive (stock at 100 %)",
                        "shedding: critical -> none",
                        "stance: no-keep-alive -> close",
                        "stance: close -> accept");
        assertThat(port.pressure().events()).isEqualTo(told);
        assertThat(log.records())
                .first()
                .satisfies(first -> assertThat(first.getMessage())
                        .isEqualTo("Guard \"test\": shedding: none -> critical (stock at 100 %)"));
        assertThat(log.records()).as("once a second at most").hasSizeLessThanOrEqualTo(6);
    }

    @Test
    void aStockThatStandsStillShedsAsMuchAsItSaysAndNoMore() {
        stock.reading = 0.85;
        tick(60_000);
        assertThat(port.status().sheddingLevel()).isEqualTo(128);
        assertThat(request(Priority.BACKGROUND)).isEqualTo(Rejection.of(Reason.OVERLOAD));
        assertAdmitted(request(Priority.NORMAL));
        assertThat(port.connectionStance()).isEqualTo(ConnectionStance.ACCEPT);
        assertThat(told).extracting(PressureEvent::to).containsExactly("background");
    }

    @Test
    void aQueueThatStandsStillShedsMoreAndMore() {
        queue.reading = 0.55;
        tick(1_000);
        int first = port.status().sheddingLevel();
        tick(1_000);
        assertThat(port.status().sheddingLevel()).isGreaterThan(first);
        assertThat(told).extracting(PressureEvent::to).containsExactly("background", "normal");
    }

    @Test
    void whatThePortItselfCausesByAPauseShedsNothing() {
        stock.reading = 1;
        tick(300);
        assertThat(port.connectionStance()).isEqualTo(ConnectionStance.PAUSE);
        stock.reading = 0;
        acceptQueue.reading = 1;
        tick(50);
        assertThat(port.connectionStance()).isEqualTo(ConnectionStance.CLOSE);
    }

    @Test
    void inShadowModeAdaptersAcceptAndTheRefusalIsCountedAsWhatWouldBe() {
        port.settings().tune("mode", "shadow", 0);
        stock.reading = 1;
        tick(5_000);
        assertThat(port.connectionStance()).isEqualTo(ConnectionStance.ACCEPT);
        assertAdmitted(connect());
        assertThat(port.guard().counts(Attempt.Kind.CONNECTION).wouldReject(Reason.OVERLOAD))
                .isOne();
        port.settings().tune("mode", "enforce", 0);
        assertThat(port.connectionStance()).isEqualTo(ConnectionStance.NO_KEEP_ALIVE);
        port.settings().tune("mode", "off", 0);
        assertThat(port.connectionStance()).isEqualTo(ConnectionStance.ACCEPT);
        assertAdmitted(connect());
    }

    @Test
    void withoutSheddingAllIsAcceptedWhateverThePressure() {
        stock.reading = 1;
        tick(5_000);
        port.settings().tune("shedding.enabled", "false", 0);
        tick(50);
        assertThat(port.connectionStance()).isEqualTo(ConnectionStance.ACCEPT);
        assertAdmitted(connect());
        assertAdmitted(request(Priority.BACKGROUND));
        assertThat(told)
                .extracting(PressureEvent::toString)
                .endsWith("stance: no-keep-alive -> accept", "shedding: critical -> none");
    }

    /** Adapters take in who has waited as soon as a pause is over, on threads of their own. */
    @Test
    void whoComesTheMomentAPauseEndsInClosingIsRefused() {
        AtomicReference<StandardGuard> guarded = new AtomicReference<>();
        List<Decision> atOnce = new ArrayList<>();
        StandardGuard guard = StandardGuard.builder("closing")
                .clock(clock)
                .tickInterval(Duration.ZERO)
                .pressure(stock, Trigger.stock(0.8, 1))
                .listener(new GuardListener() {
                    @Override
                    public void pressureChanged(PressureEvent event) {
                        if (event.toString().contains("pause -> close")) {
                            atOnce.add(guarded.get().guard().tryAdmit(connection()));
                        }
                    }
                })
                .build();
        guarded.set(guard);
        stock.reading = 1;
        for (int tick = 0; tick < 40; tick++) {
            clock.advanceMillis(50);
            guard.guard().tick();
        }
        assertThat(atOnce).containsExactly(Rejection.of(Reason.OVERLOAD));
        guard.close();
    }

    @Test
    void aListenerThatThrowsIsAFaultAndChangesNothing() {
        StandardGuard guard = StandardGuard.builder("faulty")
                .configure(Map.of())
                .clock(clock)
                .tickInterval(Duration.ZERO)
                .pressure(stock)
                .listener(new GuardListener() {
                    @Override
                    public void pressureChanged(PressureEvent event) {
                        throw new IllegalStateException("broken on purpose");
                    }
                })
                .build();
        stock.reading = 1;
        clock.advanceMillis(50);
        guard.guard().tick();
        assertThat(guard.status().sheddingLevel()).isEqualTo(511);
        assertThat(guard.guard().faults()).isOne();
    }

    @Test
    void afterALongStandstillConnectionsArePacedBeforeAnythingIsShed() {
        clock.advanceSeconds(30);
        queue.reading = 0.9;
        int paused = 0;
        for (int i = 0; i < 200; i++) {
            tick(50);
            paused += port.connectionStance() == ConnectionStance.PAUSE ? 1 : 0;
            assertThat(port.status().sheddingLevel()).isZero();
        }
        assertThat(paused).isBetween(80, 160);
        tick(1_000);
        assertThat(port.connectionStance()).isEqualTo(ConnectionStance.ACCEPT);
        assertThat(port.status().sheddingLevel()).isPositive();
        assertThat(told)
                .extracting(PressureEvent::toString)
                .startsWith("slow start: unpaced -> paced (queue at 90 %)", "slow start: paced -> unpaced");
        assertThat(log.records())
                .extracting(LogRecord::getMessage)
                .anyMatch(line -> line.contains("slow start: paced -> unpaced: accepting rested for "));
    }

    @Test
    void whoStartsWithoutAnythingWaitingIsNotPaced() {
        clock.advanceSeconds(30);
        queue.reading = 0.4;
        for (int i = 0; i < 200; i++) {
            tick(50);
            assertThat(port.connectionStance()).isEqualTo(ConnectionStance.ACCEPT);
        }
        assertThat(told).isEmpty();
    }

    @Test
    void aColdServiceThatIsFullShedsAllTheSame() {
        clock.advanceSeconds(30);
        queue.reading = 1;
        tick(1_000);
        assertThat(port.status().sheddingLevel()).isEqualTo(511);
    }

    @Test
    void onlyTheLastEventsAreKept() {
        for (int i = 0; i < 100; i++) {
            stock.reading = 1;
            tick(50);
            stock.reading = 0;
            tick(2_000);
        }
        assertThat(told).hasSize(200);
        assertThat(port.pressure().events()).hasSize(64).isEqualTo(told.subList(136, 200));
    }
}
