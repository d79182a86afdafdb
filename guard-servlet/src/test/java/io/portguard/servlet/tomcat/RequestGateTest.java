package io.portguard.servlet.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.servlet.Await;
import io.portguard.servlet.RawClient;
import io.portguard.servlet.RawClient.Answer;
import io.portguard.servlet.RunningTomcat;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.junit.jupiter.api.Test;

class RequestGateTest {

    private final CountingValve valve = new CountingValve();

    @Test
    void refusesBeforeThePipelineOnceAFilterHasBeenSeen() throws Exception {
        List<String> logged = new CopyOnWriteArrayList<>();
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .tomcat(server -> {
                            server.getEngine().getPipeline().addValve(valve);
                            server.getEngine().getPipeline().addValve(new AccessLog("%m %U %s %a", logged::add));
                        })
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            tomcat.rule.refuse(Reason.OVERLOAD);
            assertThat(client.get("/ok").read().status()).isEqualTo(503);
            assertThat(valve.requests).hasValue(1);
            Answer answer = client.send("POST /ok?a=b HTTP/1.1", "Host: test", "Content-Length: 0", "")
                    .read();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.header("Retry-After")).isNotNull();
            assertThat(answer.body()).contains("overload");
            assertThat(valve.requests).hasValue(1);
            tomcat.rule.pass();
            assertThat(client.get("/ok").read().body()).isEqualTo("ok");
            assertThat(valve.requests).hasValue(2);
            Await.until("all three are logged", () -> logged.size() == 3);
            assertThat(logged)
                    .containsExactly("GET /ok 503 127.0.0.1", "POST /ok 503 127.0.0.1", "GET /ok 200 127.0.0.1");
        }
    }

    @Test
    void decidesEachRequestOnce() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().start();
                RawClient client = new RawClient(tomcat.localPort)) {
            for (int i = 0; i < 4; i++) {
                assertThat(client.get("/ok").read().status()).isEqualTo(200);
            }
            tomcat.rule.refuse(Reason.CONCURRENCY);
            client.get("/ok").read();
            var counts = tomcat.port.guard().counts(Attempt.Kind.REQUEST);
            assertThat(counts.admitted()).isEqualTo(4);
            assertThat(counts.rejected(Reason.CONCURRENCY)).isEqualTo(1);
            Await.until("the last has ended", () -> tomcat.ended.outcomes().size() == 4);
            assertThat(tomcat.ended.outcomes()).containsOnly(Outcome.SUCCESS);
        }
    }

    @Test
    void givesBackThePlaceOfARequestThatNeverComesToTheFilter() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().start();
                RawClient client = new RawClient(tomcat.localPort)) {
            assertThat(client.get("/ok").read().status()).isEqualTo(200);
            assertThat(client.send("OPTIONS * HTTP/1.1", "Host: test", "")
                            .read()
                            .status())
                    .isEqualTo(200);
            assertThat(client.get("/%zz").read().status()).isEqualTo(400);
            Await.until("nothing is in flight", () -> tomcat.active(Attempt.Kind.REQUEST) == 0);
            assertThat(tomcat.ended.outcomes()).contains(Outcome.IGNORED);
        }
    }

    @Test
    void doesNotDecideWhatIsNoRequest() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().start()) {
            for (int i = 0; i < 2; i++) {
                try (RawClient client = new RawClient(tomcat.localPort)) {
                    assertThat(client.get("/ok").read().status()).isEqualTo(200);
                    assertThat(client.send("GET /ok HTTP/1.1", "Host: a", "Host: b", "")
                                    .read()
                                    .status())
                            .isEqualTo(400);
                }
            }
            assertThat(tomcat.port.guard().counts(Attempt.Kind.REQUEST).admitted())
                    .isEqualTo(2);
        }
    }

    @Test
    void leavesRequestsAloneWhereOnlyConnectionsAreGuarded() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().withoutFilter().start();
                RawClient client = new RawClient(tomcat.localPort)) {
            tomcat.rule.refuse(Reason.OVERLOAD);
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/ok").read().body()).isEqualTo("ok");
            }
            assertThat(tomcat.port.guard().counts(Attempt.Kind.REQUEST).admitted())
                    .isZero();
        }
    }

    @Test
    void leavesRequestsAloneThatTheFilterIsNotMappedTo() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .filtersMappedTo("/api/*")
                        .servlet(
                                "/api/ok",
                                (request, response) -> response.getWriter().print("api"))
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            assertThat(client.get("/api/ok").read().body()).isEqualTo("api");
            tomcat.rule.refuse(Reason.OVERLOAD);
            assertThat(client.get("/ok").read().body()).isEqualTo("ok");
            assertThat(client.get("/api/ok").read().status()).isEqualTo(503);
            assertThat(client.get("/ok").read().body()).isEqualTo("ok");
            assertThat(tomcat.port.guard().counts(Attempt.Kind.REQUEST).admitted())
                    .isEqualTo(1);
        }
    }

    @Test
    void letsThroughWhenARuleFails() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().start();
                RawClient client = new RawClient(tomcat.localPort)) {
            assertThat(client.get("/ok").read().status()).isEqualTo(200);
            tomcat.rule.breakDown();
            assertThat(client.get("/ok").read().status()).isEqualTo(200);
        }
    }

    @Test
    void believesATrustedProxyOfEveryRequest() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .clock(() -> 0)
                        .setting("clients.trusted-proxies", "127.0.0.1")
                        .setting("clients.rate", "1")
                        .start();
                RawClient proxy = new RawClient(tomcat.localPort)) {
            for (String client : List.of("192.0.2.1", "192.0.2.2", "192.0.2.3")) {
                String[] request = {
                    "GET /ok HTTP/1.1", "Host: test", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: " + client, ""
                };
                assertThat(proxy.send(request).read().status()).as(client).isEqualTo(200);
                assertThat(proxy.send(request).read().status()).as(client).isEqualTo(429);
            }
        }
    }

    private static final class CountingValve extends ValveBase {

        private final AtomicInteger requests = new AtomicInteger();

        @Override
        public void invoke(Request request, Response response) throws IOException, ServletException {
            requests.incrementAndGet();
            getNext().invoke(request, response);
        }
    }
}
