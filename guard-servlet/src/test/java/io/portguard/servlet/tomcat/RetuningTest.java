package io.portguard.servlet.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.servlet.Await;
import io.portguard.servlet.RawClient;
import io.portguard.servlet.RunningTomcat;
import io.portguard.settings.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class RetuningTest {

    private static final int CLIENTS = 8;
    private static final int ROUNDS = 100;

    private final AtomicBoolean over = new AtomicBoolean();
    private final LongAdder answered = new LongAdder();

    @Test
    void nothingIsLostWhenLimitsChangeWhileRequestsAreInFlight() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try (RunningTomcat tomcat = RunningTomcat.with()
                .servlet("/async", (request, response) -> {
                    var context = request.startAsync();
                    context.start(context::complete);
                })
                .start()) {
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                String from = "127.0.0." + (2 + i % 3);
                String path = i % 2 == 0 ? "/ok" : "/async";
                clients.add(threads.submit(() -> askOverAndOver(tomcat.localPort, from, path)));
            }
            for (int round = 0; round < ROUNDS; round++) {
                retune(tomcat.port.settings(), round);
                long before = answered.sum();
                Await.until("some answers", () -> answered.sum() >= before + 20);
            }
            over.set(true);
            for (Future<?> client : clients) {
                client.get(30, TimeUnit.SECONDS);
            }
            tomcat.awaitNothingActive();
            assertThat(tomcat.port.guard().faults()).isZero();
            assertThat(tomcat.port.guard().counts(Attempt.Kind.REQUEST).rejected())
                    .isPositive();
        } finally {
            threads.shutdownNow();
        }
    }

    private static void retune(Settings settings, int round) {
        settings.tune(
                "mode",
                List.of("enforce", "enforce", "shadow", "enforce", "off").get(round % 5),
                0);
        settings.tune("clients.max-concurrent", round % 3 == 0 ? "1" : "unset", 0);
        settings.tune("clients.rate", round % 4 == 0 ? "100" : "unset", 0);
        settings.tune("connections.max", round % 7 == 0 ? "4" : "1000", 0);
        settings.tune("connections.max-per-client", round % 6 == 0 ? "1" : "unset", 0);
        settings.tune("requests.concurrency.algorithm", round % 2 == 0 ? "fixed" : "adaptive", 0);
        settings.tune("connections.request-timeout", (round % 3 + 1) + "s", 0);
    }

    private void askOverAndOver(int port, String from, String path) {
        while (!over.get()) {
            try (RawClient client = new RawClient(port, from)) {
                for (int i = 0; i < 10 && !over.get(); i++) {
                    assertThat(client.get(path).read().status()).isIn(200, 429, 503);
                    answered.increment();
                }
            } catch (IOException refusedAtTheDoor) {
                answered.increment();
            }
        }
    }
}
