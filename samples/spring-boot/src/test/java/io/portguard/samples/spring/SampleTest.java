package io.portguard.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.standard.StandardGuard;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

/** The sample does what the contract says of it, on every server alike. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = "sample.service-time=20ms")
abstract class SampleTest {

    private final HttpClient client = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    @Autowired
    private StandardGuard guard;

    @AfterEach
    void nothingIsLeftInFlight() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (guard.status().activeRequests() > 0) {
            assertThat(end - System.nanoTime()).isPositive();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    @Autowired
    private WebServerApplicationContext context;

    @Test
    void runsOnTheServerThatWasAskedFor() {
        String server = context.getEnvironment().getRequiredProperty("sample.server");
        assertThat(context.getWebServer()).isNotNull();
        assertThat(context.getWebServer().getClass().getSimpleName().toLowerCase(Locale.ROOT))
                .startsWith(server.replace("reactor-", ""));
    }

    @Test
    void doesAUnitOfWork() throws Exception {
        for (String path : new String[] {"/job", "/job/critical", "/job/critical/7", "/async"}) {
            long start = System.nanoTime();
            HttpResponse<String> response = get(path);
            assertThat(response.statusCode()).as(path).isEqualTo(200);
            assertThat(response.body()).as(path).startsWith("done");
            assertThat(System.nanoTime() - start).as(path).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @Test
    void answersStreamsAndFails() throws Exception {
        assertThat(get("/hello").body()).isEqualTo("hello\n");
        assertThat(get("/stream").body()).isEqualTo("line 1\nline 2\nline 3\nline 4\nline 5\n");
        assertThat(get("/fail").statusCode()).isEqualTo(500);
    }

    @Test
    void showsItsGuardItsHealthAndItsMeters() throws Exception {
        assertThat(get("/actuator/guard/server").body()).contains("\"/job/critical/**=critical, ");
        assertThat(get("/actuator/health").body()).contains("UP");
        assertThat(get("/actuator/metrics/guard.requests").body()).contains("would-reject");
    }

    private HttpResponse<String> get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
