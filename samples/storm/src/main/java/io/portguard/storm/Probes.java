package io.portguard.storm;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * An operator's view during a run: asks the service for its health, as an orchestrator would, and its guard for
 * its state. What is missing or does not answer is left out. Thread-safe.
 */
final class Probes implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final long HEALTH_MILLIS = 250;
    private static final long GUARD_MILLIS = 500;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "probe");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Future<?>> repeating = new ArrayList<>();
    private final JsonMapper mapper = new JsonMapper();
    private final String base;
    private final long startNanos = System.nanoTime();
    private final List<GuardSample> guardSamples = new ArrayList<>();
    private HealthCount health = HealthCount.NONE;

    private Probes(int port) {
        base = "http://127.0.0.1:" + port + "/actuator/";
    }

    /** Starts probing. The times of the samples count from now. */
    static Probes start(int port) {
        Probes probes = new Probes(port);
        // Without waiting for the last one to fail: how many fail is what is being counted.
        probes.repeat(probes::askHealth, HEALTH_MILLIS);
        probes.repeat(probes::askGuard, GUARD_MILLIS);
        return probes;
    }

    synchronized List<GuardSample> guardSamples() {
        return List.copyOf(guardSamples);
    }

    synchronized HealthCount health() {
        return health;
    }

    @Override
    public void close() {
        repeating.forEach(probe -> probe.cancel(true));
        executor.shutdownNow();
    }

    private void repeat(Runnable probe, long periodMillis) {
        repeating.add(executor.scheduleAtFixedRate(probe, periodMillis, periodMillis, TimeUnit.MILLISECONDS));
    }

    private void askHealth() {
        try {
            int status = client.send(get("health"), BodyHandlers.discarding()).statusCode();
            synchronized (this) {
                health = health.answered(status);
            }
        } catch (IOException e) {
            synchronized (this) {
                health = health.missed();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void askGuard() {
        try {
            HttpResponse<String> response = client.send(get("guard/server"), BodyHandlers.ofString());
            if (response.statusCode() == 200) {
                double seconds = (System.nanoTime() - startNanos) / 1e9;
                GuardSample sample = GuardSample.of(seconds, mapper.readTree(response.body()));
                synchronized (this) {
                    guardSamples.add(sample);
                }
            }
        } catch (IOException | JacksonException e) {
            // A gap in the chart.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpRequest get(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT).build();
    }
}
