package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.servlet.RunningServer.Container;
import io.portguard.settings.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class RetuningTest {

    private static final int CLIENTS = 8;
    private static final int TUNERS = 4;
    private static final int ROUNDS = 100;

    private final AtomicBoolean over = new AtomicBoolean();
    private final LongAdder answered = new LongAdder();

    @ParameterizedTest
    @EnumSource
    void nothingIsLostWhenSeveralChangeLimitsAtOnceWhileRequestsAreInFlight(Container container) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS + TUNERS);
        try (RunningServer server = container.start(RunningServer.with().servlet("/async", (request, response) -> {
            var context = request.startAsync();
            context.start(context::complete);
        }))) {
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                String from = "127.0.0." + (2 + i % 3);
                String path = i % 2 == 0 ? "/ok" : "/async";
                clients.add(threads.submit(() -> askOverAndOver(server.localPort(), from, path)));
            }
            AtomicInteger rounds = new AtomicInteger();
            List<Future<?>> tuners = new ArrayList<>();
            for (int i = 0; i < TUNERS; i++) {
                tuners.add(threads.submit(() -> retune(server.port.settings(), rounds)));
            }
            for (Future<?> tuner : tuners) {
                tuner.get(100, TimeUnit.SECONDS);
            }
            over.set(true);
            for (Future<?> client : clients) {
                client.get(30, TimeUnit.SECONDS);
            }
            server.awaitNothingActive();
            assertThat(server.port.guard().faults()).isZero();
            assertThat(server.port.guard().counts(Attempt.Kind.REQUEST).rejected())
                    .isPositive();
        } finally {
            threads.shutdownNow();
        }
    }

    private void retune(Settings settings, AtomicInteger rounds) {
        for (int round = rounds.getAndIncrement(); round < ROUNDS; round = rounds.getAndIncrement()) {
            retune(settings, round);
            long before = answered.sum();
            Await.until("some answers", () -> answered.sum() >= before + 20);
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
