package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.servlet.RunningServer.Container;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A container whose threads are all taken runs nothing, and has no waits to report. */
@Timeout(120)
class StandstillTest {

    private static final int THREADS = 10;

    @ParameterizedTest
    @EnumSource
    void isSeenThoughNoTaskEnds(Container container) throws Exception {
        CountDownLatch leave = new CountDownLatch(1);
        List<RawClient> clients = new ArrayList<>();
        try (RunningServer server = container.start(RunningServer.with()
                .threads(THREADS)
                .setting("requests.concurrency.algorithm", "fixed")
                .setting("requests.concurrency.max", "1000")
                .servlet("/wait", (request, response) -> {
                    Await.latch(leave);
                    response.getWriter().print("done");
                }))) {
            assertThat(server.port.queueDelay().standsStill()).isFalse();
            for (int i = 0; i < THREADS; i++) {
                clients.add(new RawClient(server.localPort()).get("/wait"));
            }
            Await.until("it stands still", () -> server.port.queueDelay().standsStill());
            Await.until(
                    "that is told as delay",
                    () -> server.port.pressure().readings().get("queue-delay") > 1);
            leave.countDown();
            Await.until("it goes on", () -> !server.port.queueDelay().standsStill());
            clients.forEach(RawClient::close);
        }
    }
}
