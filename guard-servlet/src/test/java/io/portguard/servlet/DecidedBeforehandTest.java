package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.servlet.RawClient.Answer;
import io.portguard.servlet.RunningServer.Container;
import io.portguard.servlet.RunningServer.Setup;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests are decided before there is a servlet request. */
class DecidedBeforehandTest {

    private final ServletRequests servletRequests = new ServletRequests();

    @ParameterizedTest
    @EnumSource
    void refusesBeforeThereIsAServletRequestOnceAFilterHasBeenSeen(Container container) throws Exception {
        List<String> logged = new CopyOnWriteArrayList<>();
        try (RunningServer server = container.start(
                        RunningServer.with().contextListener(servletRequests).accessLog(logged::add));
                RawClient client = new RawClient(server.localPort())) {
            server.rule.refuse(Reason.OVERLOAD);
            assertThat(client.get("/ok").read().status()).isEqualTo(503);
            assertThat(servletRequests.begun).hasValue(1);
            Answer answer = client.send("POST /ok?a=b HTTP/1.1", "Host: test", "Content-Length: 0", "")
                    .read();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.header("Retry-After")).isNotNull();
            assertThat(answer.header("Connection")).isNotEqualTo("close");
            assertThat(answer.body()).contains("overload");
            assertThat(servletRequests.begun).hasValue(1);
            server.rule.pass();
            assertThat(client.get("/ok").read().body()).isEqualTo("ok");
            assertThat(servletRequests.begun).hasValue(2);
            Await.until("all three are logged", () -> logged.size() == 3);
            assertThat(logged)
                    .containsExactly("GET /ok 503 127.0.0.1", "POST /ok 503 127.0.0.1", "GET /ok 200 127.0.0.1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void decidesEachRequestOnce(Container container) throws Exception {
        try (RunningServer server = container.start(RunningServer.with());
                RawClient client = new RawClient(server.localPort())) {
            for (int i = 0; i < 4; i++) {
                assertThat(client.get("/ok").read().status()).isEqualTo(200);
            }
            server.rule.refuse(Reason.CONCURRENCY);
            client.get("/ok").read();
            var counts = server.port.guard().counts(Attempt.Kind.REQUEST);
            assertThat(counts.admitted()).isEqualTo(4);
            assertThat(counts.rejected(Reason.CONCURRENCY)).isEqualTo(1);
            Await.until("the last has ended", () -> server.ended.outcomes().size() == 4);
            assertThat(server.ended.outcomes()).containsOnly(Outcome.SUCCESS);
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotDecideWhatIsNoRequest(Container container) throws Exception {
        try (RunningServer server = container.start(RunningServer.with())) {
            for (int i = 0; i < 2; i++) {
                try (RawClient client = new RawClient(server.localPort())) {
                    assertThat(client.get("/ok").read().status()).isEqualTo(200);
                    assertThat(client.send("GET /ok HTTP/1.1", "Host: a", "Host: b", "")
                                    .read()
                                    .status())
                            .isEqualTo(400);
                }
            }
            assertThat(server.port.guard().counts(Attempt.Kind.REQUEST).admitted())
                    .isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesRequestsAloneWhereOnlyConnectionsAreGuarded(Container container) throws Exception {
        try (RunningServer server = container.start(RunningServer.with().withoutFilter());
                RawClient client = new RawClient(server.localPort())) {
            server.rule.refuse(Reason.OVERLOAD);
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/ok").read().body()).isEqualTo("ok");
            }
            assertThat(server.port.guard().counts(Attempt.Kind.REQUEST).admitted())
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesRequestsAloneThatTheFilterIsNotMappedTo(Container container) throws Exception {
        Setup setup = RunningServer.with()
                .filtersMappedTo("/api/*")
                .servlet("/api/ok", (request, response) -> response.getWriter().print("api"));
        try (RunningServer server = container.start(setup);
                RawClient client = new RawClient(server.localPort())) {
            assertThat(client.get("/api/ok").read().body()).isEqualTo("api");
            server.rule.refuse(Reason.OVERLOAD);
            assertThat(client.get("/ok").read().body()).isEqualTo("ok");
            assertThat(client.get("/api/ok").read().status()).isEqualTo(503);
            assertThat(client.get("/ok").read().body()).isEqualTo("ok");
            assertThat(server.port.guard().counts(Attempt.Kind.REQUEST).admitted())
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void letsThroughWhenARuleFails(Container container) throws Exception {
        try (RunningServer server = container.start(RunningServer.with());
                RawClient client = new RawClient(server.localPort())) {
            assertThat(client.get("/ok").read().status()).isEqualTo(200);
            server.rule.breakDown();
            assertThat(client.get("/ok").read().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource
    void believesATrustedProxyOfEveryRequest(Container container) throws Exception {
        Setup setup = RunningServer.with()
                .clock(() -> 0)
                .setting("clients.trusted-proxies", "127.0.0.1")
                .setting("clients.rate", "1");
        try (RunningServer server = container.start(setup);
                RawClient proxy = new RawClient(server.localPort())) {
            for (String client : List.of("192.0.2.1", "192.0.2.2", "192.0.2.3")) {
                String[] request = {
                    "GET /ok HTTP/1.1", "Host: test", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: " + client, ""
                };
                assertThat(proxy.send(request).read().status()).as(client).isEqualTo(200);
                assertThat(proxy.send(request).read().status()).as(client).isEqualTo(429);
            }
        }
    }

    private static final class ServletRequests implements ServletRequestListener {

        private final AtomicInteger begun = new AtomicInteger();

        @Override
        public void requestInitialized(ServletRequestEvent event) {
            begun.incrementAndGet();
        }
    }
}
