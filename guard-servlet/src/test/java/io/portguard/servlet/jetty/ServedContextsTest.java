package io.portguard.servlet.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.servlet.Await;
import io.portguard.servlet.RawClient;
import io.portguard.servlet.RawClient.Answer;
import io.portguard.servlet.RunningJetty;
import io.portguard.servlet.RunningServer.Setup;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

/** Only where the filter sees all requests of the server are they decided before it. */
class ServedContextsTest {

    private final AtomicInteger servletRequests = new AtomicInteger();

    private Setup counting() {
        return RunningJetty.with().contextListener(new ServletRequestListener() {
            @Override
            public void requestInitialized(ServletRequestEvent event) {
                servletRequests.incrementAndGet();
            }
        });
    }

    private static ContextHandler unguarded() {
        return new ContextHandler(new Answering(), "/other");
    }

    /** Two requests that the filter's context refuses: the first says whether the filter was seen, the second who decides. */
    private void assertTheFilterDecides(RunningJetty jetty, RawClient client, String path) throws Exception {
        jetty.rule.refuse(Reason.OVERLOAD);
        servletRequests.set(0);
        assertThat(client.get(path).read().status()).isEqualTo(503);
        assertThat(client.get(path).read().status()).isEqualTo(503);
        assertThat(servletRequests).hasValue(2);
    }

    private void assertDecidedBefore(RunningJetty jetty, RawClient client) throws Exception {
        jetty.rule.refuse(Reason.OVERLOAD);
        assertThat(client.get("/ok").read().status()).isEqualTo(503);
        servletRequests.set(0);
        assertThat(client.get("/ok").read().status()).isEqualTo(503);
        assertThat(servletRequests).hasValue(0);
    }

    @Test
    void theFilterDecidesWhereAnotherContextHasNone() throws Exception {
        try (RunningJetty jetty = counting()
                        .jettyHandler(context -> new ContextHandlerCollection((ContextHandler) context, unguarded()))
                        .startJetty();
                RawClient client = new RawClient(jetty.localPort())) {
            assertTheFilterDecides(jetty, client, "/ok");
            assertThat(client.get("/other/x").read().body()).isEqualTo("other");
        }
    }

    @Test
    void theFilterDecidesWhereItsContextIsNotTheRoot() throws Exception {
        try (RunningJetty jetty = counting()
                        .jettyContext(context -> context.setContextPath("/app"))
                        .startJetty();
                RawClient client = new RawClient(jetty.localPort())) {
            assertTheFilterDecides(jetty, client, "/app/ok");
            assertThat(client.get("/ok").read().status()).isEqualTo(404);
        }
    }

    @Test
    void theFilterDecidesWhereItsContextIsOfCertainHosts() throws Exception {
        try (RunningJetty jetty = counting()
                        .jettyContext(context -> context.setVirtualHosts(List.of("test")))
                        .startJetty();
                RawClient client = new RawClient(jetty.localPort())) {
            assertTheFilterDecides(jetty, client, "/ok");
            assertThat(client.send("GET /ok HTTP/1.1", "Host: elsewhere", "")
                            .read()
                            .status())
                    .isEqualTo(404);
        }
    }

    @Test
    void contextsThatComeAndGoAreFollowed() throws Exception {
        ContextHandlerCollection contexts = new ContextHandlerCollection();
        try (RunningJetty jetty = counting()
                        .jettyHandler(context -> {
                            contexts.addHandler(context);
                            return contexts;
                        })
                        .startJetty();
                RawClient client = new RawClient(jetty.localPort())) {
            assertDecidedBefore(jetty, client);
            ContextHandler other = unguarded();
            contexts.addHandler(other);
            other.start();
            assertTheFilterDecides(jetty, client, "/ok");
            assertThat(client.get("/other/x").read().body()).isEqualTo("other");
            contexts.removeHandler(other);
            other.stop();
            assertDecidedBefore(jetty, client);
        }
    }

    @Test
    void aRequestThatNeverComesToTheFilterGivesItsPlaceBack() throws Exception {
        try (RunningJetty jetty = RunningJetty.with()
                        .jettyHandler(context -> new Handler.Sequence(new Answering("/own"), context))
                        .startJetty();
                RawClient client = new RawClient(jetty.localPort())) {
            assertThat(client.get("/ok").read().body()).isEqualTo("ok");
            assertThat(client.get("/own").read().body()).isEqualTo("other");
            assertThat(client.get("/%2e%2e/ok").read().status()).isEqualTo(400);
            Await.until("nothing is in flight", () -> jetty.active(Attempt.Kind.REQUEST) == 0);
            assertThat(jetty.ended.outcomes()).contains(Outcome.IGNORED);
        }
    }

    @Test
    void aBodyThatIsHereCostsARefusalNoConnection() throws Exception {
        try (RunningJetty jetty = counting().startJetty();
                RawClient client = new RawClient(jetty.localPort())) {
            assertDecidedBefore(jetty, client);
            Answer refused = client.sendBytes("POST /ok HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\n12345")
                    .read();
            assertThat(refused.status()).isEqualTo(503);
            jetty.rule.pass();
            assertThat(client.get("/ok").read().body()).isEqualTo("ok");
        }
    }

    @Test
    void aBodyThatDoesNotComeEndsTheConnectionOfARefusalWhichSaysSo() throws Exception {
        try (RunningJetty jetty = counting().startJetty();
                RawClient client = new RawClient(jetty.localPort())) {
            assertDecidedBefore(jetty, client);
            for (String length : List.of("Content-Length: 100", "Transfer-Encoding: chunked")) {
                for (String expectation : List.of("X-None: 1", "Expect: 100-continue")) {
                    try (RawClient slow = new RawClient(jetty.localPort())) {
                        Answer refused = slow.send("POST /ok HTTP/1.1", "Host: test", length, expectation, "")
                                .read();
                        assertThat(refused.status()).isEqualTo(503);
                        assertThat(refused.header("Connection"))
                                .as(length + ", " + expectation)
                                .isEqualTo("close");
                        assertThat(slow.isClosedByServer()).isTrue();
                    }
                }
            }
        }
    }

    @Test
    void aHeadRequestIsRefusedWithoutABody() throws Exception {
        try (RunningJetty jetty = counting().startJetty();
                RawClient client = new RawClient(jetty.localPort())) {
            assertDecidedBefore(jetty, client);
            Answer refused = client.send("HEAD /ok HTTP/1.1", "Host: test", "").readHead();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Content-Length")).isNotEqualTo("0");
            jetty.rule.pass();
            assertThat(client.get("/ok").read().body()).isEqualTo("ok");
        }
    }

    /** Answers by itself, without any servlet. */
    private static final class Answering extends Handler.Abstract {

        private final String path;

        Answering() {
            this("/");
        }

        /** Only requests for paths that begin so. */
        Answering(String path) {
            this.path = path;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            if (!Request.getPathInContext(request).startsWith(path)) {
                return false;
            }
            Content.Sink.write(response, true, "other", callback);
            return true;
        }
    }
}
