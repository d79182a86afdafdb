package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.standard.StandardGuard;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A guarded service on a free port of the loopback interface. Closing asserts that nothing is left in flight. */
final class GuardedService implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final JsonMapper JSON = new JsonMapper();

    private final ConfigurableApplicationContext context;
    private final HttpClient client = HttpClient.newHttpClient();

    private GuardedService(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static GuardedService start(String... properties) {
        return start(List.of(), properties);
    }

    static GuardedService start(List<Class<?>> configurations, String... properties) {
        return new GuardedService(application(configurations).run(arguments(properties)));
    }

    static SpringApplicationBuilder application(List<Class<?>> configurations) {
        return new SpringApplicationBuilder(Stream.concat(Stream.of(TestApplication.class), configurations.stream())
                        .toArray(Class<?>[]::new))
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false);
    }

    /** The properties as arguments, and those that every test has unless it says otherwise. */
    static String[] arguments(String... properties) {
        return Stream.concat(
                        Stream.of(
                                        "server.port=0",
                                        "server.address=127.0.0.1",
                                        "logging.level.root=warn",
                                        "management.endpoints.web.exposure.include=*")
                                .filter(usual -> Arrays.stream(properties)
                                        .noneMatch(own -> own.startsWith(usual.split("=", 2)[0] + "="))),
                        Arrays.stream(properties))
                .map(property -> "--" + property)
                .toArray(String[]::new);
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    StandardGuard guard() {
        return context.getBean(StandardGuard.class);
    }

    TestApplication.Gate gate() {
        return context.getBean(TestApplication.Gate.class);
    }

    int port() {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    int managementPort() {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.management.port"));
    }

    HttpResponse<String> get(String path, String... headers) {
        return getAsync(path, headers).join();
    }

    CompletableFuture<HttpResponse<String>> getAsync(String path, String... headers) {
        return getAsync(port(), path, headers);
    }

    CompletableFuture<HttpResponse<String>> getAsync(int port, String path, String... headers) {
        HttpRequest.Builder request = request(port, path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, String json) {
        HttpRequest request = request(port(), path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join();
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(PATIENCE);
    }

    static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    /** Waits for something that is going to happen on another thread, as long as it takes and not for ever. */
    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(end - System.nanoTime()).as(what).isPositive();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    @Override
    public void close() {
        try {
            if (context.getBeanProvider(StandardGuard.class).getIfAvailable() != null) {
                // A response reaches its client a moment before its end reaches the guard.
                await("nothing in flight", () -> guard().status().activeRequests() == 0);
            }
        } finally {
            context.close();
        }
    }
}
