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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A guarded service on a free port of the loopback interface. Closing asserts that nothing is left in flight or open. */
final class GuardedService implements AutoCloseable {

    /** Several servers are on the class path; each of them is the one that is left when the others are excluded. */
    static final String ON_TOMCAT = "spring.autoconfigure.exclude=" + servers("jetty", "Jetty");

    static final String ON_JETTY = "spring.autoconfigure.exclude=" + servers("tomcat", "Tomcat");
    static final String ON_REACTOR_NETTY = ON_TOMCAT + "," + servers("tomcat", "Tomcat");

    private static final Duration PATIENCE = Duration.ofSeconds(10);
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

    /** The same on Jetty. */
    static GuardedService startOnJetty(String... properties) {
        return startOnJetty(List.of(), properties);
    }

    static GuardedService startOnJetty(List<Class<?>> configurations, String... properties) {
        return start(
                configurations,
                Stream.concat(Stream.of(ON_JETTY), Arrays.stream(properties)).toArray(String[]::new));
    }

    /** The same on WebFlux. */
    static GuardedService startReactive(String... properties) {
        return startReactive(List.of(), properties);
    }

    static GuardedService startReactive(List<Class<?>> configurations, String... properties) {
        return new GuardedService(application(ReactiveTestApplication.class, configurations)
                .web(WebApplicationType.REACTIVE)
                .run(arguments(Stream.concat(Stream.of(ON_REACTOR_NETTY), Arrays.stream(properties))
                        .toArray(String[]::new))));
    }

    static SpringApplicationBuilder application(List<Class<?>> configurations) {
        return application(TestApplication.class, configurations);
    }

    private static SpringApplicationBuilder application(Class<?> service, List<Class<?>> configurations) {
        return new SpringApplicationBuilder(Stream.concat(Stream.of(service), configurations.stream())
                        .toArray(Class<?>[]::new))
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false);
    }

    /** The properties as arguments, and those that every test has unless it says otherwise. */
    static String[] arguments(String... properties) {
        return Stream.concat(
                        Stream.of(
                                        ON_TOMCAT,
                                        "server.port=0",
                                        "server.address=127.0.0.1",
                                        "logging.level.root=warn",
                                        "spring.reactor.netty.shutdown-quiet-period=0s",
                                        "management.endpoints.web.exposure.include=*")
                                .filter(usual -> Arrays.stream(properties)
                                        .noneMatch(own -> own.startsWith(usual.split("=", 2)[0] + "="))),
                        Arrays.stream(properties))
                .map(property -> "--" + property)
                .toArray(String[]::new);
    }

    private static String servers(String container, String name) {
        String actuate = "actuate.web.server.";
        return Stream.of(
                        "servlet." + name + "ServletWebServer",
                        "reactive." + name + "ReactiveWebServer",
                        actuate + name + "ServletManagementContext",
                        actuate + name + "ReactiveManagementContext")
                .map(server ->
                        "org.springframework.boot." + container + ".autoconfigure." + server + "AutoConfiguration")
                .collect(Collectors.joining(","));
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    StandardGuard guard() {
        return context.getBean(StandardGuard.class);
    }

    ReactiveTestApplication.ReactiveGate reactiveGate() {
        return context.getBean(ReactiveTestApplication.ReactiveGate.class);
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
        List<StandardGuard> guards =
                context.getBeanProvider(StandardGuard.class).stream().toList();
        try {
            // A response reaches its client a moment before its end reaches the guard.
            guards.forEach(
                    guard -> await("nothing in flight", () -> guard.status().activeRequests() == 0));
        } finally {
            context.close();
        }
        guards.forEach(guard -> await("no connection", () -> guard.status().activeConnections() == 0));
    }
}
