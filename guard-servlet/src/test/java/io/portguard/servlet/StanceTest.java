package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.ConnectionStance;
import io.portguard.DecisionCounts;
import io.portguard.pressure.PressureSource;
import io.portguard.servlet.RunningServer.Container;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a port under more pressure than shedding can answer does with connections. */
@Timeout(120)
class StanceTest {

    private final Strain strain = new Strain();

    @ParameterizedTest
    @EnumSource
    void whoComesDuringAPauseWaitsAndIsServedAfterIt(Container container) throws Exception {
        try (RunningServer server = container.start(RunningServer.with().pressure(strain))) {
            strain.reading = 2;
            Await.until("a pause", () -> server.port.connectionStance() == ConnectionStance.PAUSE);
            strain.reading = 0;
            try (RawClient client = new RawClient(server.localPort())) {
                assertThat(client.get("/ok").read().body()).isEqualTo("ok");
            }
            assertThat(connections(server).rejected()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whenKeptConnectionsAreTooManyAnAnswerEndsThem(Container container) throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        try (RunningServer server =
                        container.start(RunningServer.with().pressure(strain).servlet("/wait", (request, response) -> {
                            entered.countDown();
                            Await.latch(leave);
                            response.getWriter().print("done");
                        }));
                RawClient kept = new RawClient(server.localPort());
                RawClient working = new RawClient(server.localPort())) {
            assertThat(kept.get("/ok").read().headers()).doesNotContainEntry("Connection", "close");
            working.get("/wait");
            Await.latch(entered);
            strain.reading = 2;
            Await.until(
                    "kept connections are ended",
                    () -> server.port.connectionStance() == ConnectionStance.NO_KEEP_ALIVE);
            assertThat(kept.get("/ok").read().header("Connection")).isEqualTo("close");
            assertThat(kept.isClosedByServer()).isTrue();
            try (RawClient newcomer = new RawClient(server.localPort())) {
                assertThat(newcomer.isClosedByServer()).isTrue();
            }
            leave.countDown();
            assertThat(working.read().body()).isEqualTo("done");
            strain.reading = 0;
            Await.until(
                    "connections are accepted again", () -> server.port.connectionStance() == ConnectionStance.ACCEPT);
            try (RawClient client = new RawClient(server.localPort())) {
                assertThat(client.get("/ok").read().status()).isEqualTo(200);
                assertThat(client.get("/ok").read().status()).isEqualTo(200);
            }
        }
    }

    private static DecisionCounts connections(RunningServer server) {
        return server.port.guard().counts(Attempt.Kind.CONNECTION);
    }

    /** What the test says. */
    private static final class Strain implements PressureSource {

        private volatile double reading;

        @Override
        public String name() {
            return "strain";
        }

        @Override
        public double sample(long nowNanos) {
            return reading;
        }
    }
}
