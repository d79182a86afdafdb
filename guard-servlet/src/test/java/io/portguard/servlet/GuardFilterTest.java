package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.servlet.RawClient.Answer;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.catalina.connector.ClientAbortException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuardFilterTest {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRequestIsHeldForAsLongAsItIsServed(boolean connectionLevel) throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        RunningServer.Setup setup = RunningTomcat.with().servlet("/wait", (request, response) -> {
            entered.countDown();
            Await.latch(leave);
        });
        try (RunningTomcat tomcat = (connectionLevel ? setup : setup.withoutConnectionLevel()).start();
                RawClient client = new RawClient(tomcat.localPort)) {
            client.get("/wait");
            Await.latch(entered);
            assertThat(tomcat.active(Attempt.Kind.REQUEST)).isEqualTo(1);
            assertThat(tomcat.active(Attempt.Kind.CONNECTION)).isEqualTo(connectionLevel ? 1 : 0);
            leave.countDown();
            assertThat(client.read().status()).isEqualTo(200);
            Await.until("released", () -> tomcat.active(Attempt.Kind.REQUEST) == 0);
            assertThat(tomcat.ended.outcomes()).containsExactly(Outcome.SUCCESS);
        }
    }

    @Test
    void howItWasServedIsTold() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet("/missing", (request, response) -> response.sendError(404))
                        .servlet("/failed", (request, response) -> response.sendError(502))
                        .servlet("/broken", (request, response) -> {
                            throw new IllegalStateException("on purpose");
                        })
                        .servlet("/checked", (request, response) -> {
                            throw new IOException("the database has gone");
                        })
                        .servlet("/error", (request, response) -> {
                            throw new AssertionError("on purpose");
                        })
                        .servlet("/events", (request, response) -> {
                            response.setContentType("text/event-stream");
                            response.getWriter().print("data: 1\n\n");
                        })
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            assertThat(client.get("/missing").read().status()).isEqualTo(404);
            assertThat(client.get("/events").read().status()).isEqualTo(200);
            assertThat(client.get("/failed").read().status()).isEqualTo(502);
            for (String path : List.of("/broken", "/checked", "/error")) {
                try (RawClient another = new RawClient(tomcat.localPort)) {
                    assertThat(another.get(path).read().status()).isEqualTo(500);
                }
            }
            Await.until("all released", () -> tomcat.ended.outcomes().size() == 6);
            assertThat(tomcat.ended.outcomes())
                    .containsExactly(
                            Outcome.SUCCESS,
                            Outcome.IGNORED,
                            Outcome.FAILURE,
                            Outcome.FAILURE,
                            Outcome.FAILURE,
                            Outcome.FAILURE);
        }
    }

    @Test
    void otherDispatchesBelongToTheRequestThatWasDecided() throws Exception {
        List<DispatcherType> seen = new CopyOnWriteArrayList<>();
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet("/forward", (request, response) -> {
                            request.getRequestDispatcher("/target").include(request, response);
                            request.getRequestDispatcher("/target").forward(request, response);
                        })
                        .servlet("/target", (request, response) -> seen.add(request.getDispatcherType()))
                        .servlet("/failed", (request, response) -> response.sendError(502))
                        .servlet("/error-page", (request, response) -> {
                            seen.add(request.getDispatcherType());
                            response.getWriter().print("sorry");
                        })
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            client.get("/forward").read();
            assertThat(client.get("/failed").read().body()).isEqualTo("sorry");
            assertThat(seen).containsExactly(DispatcherType.INCLUDE, DispatcherType.FORWARD, DispatcherType.ERROR);
            assertThat(tomcat.port.guard().counts(Attempt.Kind.REQUEST).admitted())
                    .isEqualTo(2);
            tomcat.rule.refuse(Reason.DENIED);
            assertThat(client.get("/failed").read().status()).isEqualTo(403);
            assertThat(seen).hasSize(3);
        }
    }

    @Test
    void aClientThatGoesWhileItIsAnsweredSaysNothingAboutTheService() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet("/stream", (request, response) -> {
                            OutputStream out = response.getOutputStream();
                            out.write(1);
                            out.flush();
                            Await.latch(gone);
                            while (true) {
                                out.write(new byte[8192]);
                                out.flush();
                            }
                        })
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            client.get("/stream");
            Await.until("streaming", () -> tomcat.active(Attempt.Kind.REQUEST) == 1);
            client.reset();
            gone.countDown();
            tomcat.awaitNothingActive();
            assertThat(tomcat.ended.outcomes()).containsExactly(Outcome.IGNORED);
        }
    }

    @Test
    void anUpgradedConnectionIsNoRequestAnyMore() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet("/upgrade", (request, response) -> {
                            response.setStatus(101);
                            response.setHeader("Upgrade", "echo");
                            response.setHeader("Connection", "upgrade");
                            request.upgrade(UntilEnd.class);
                        })
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            client.send("GET /upgrade HTTP/1.1", "Host: test", "Connection: upgrade", "Upgrade: echo", "");
            assertThat(client.read().status()).isEqualTo(101);
            Await.until("request over", () -> tomcat.active(Attempt.Kind.REQUEST) == 0);
            assertThat(tomcat.ended.outcomes()).containsExactly(Outcome.IGNORED);
            assertThat(tomcat.active(Attempt.Kind.CONNECTION)).isEqualTo(1);
        }
    }

    @Test
    void exemptPathsAreServedWhenAllElseIsRefused() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet(
                                "/livez",
                                (request, response) -> response.getWriter().print("alive"))
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            tomcat.rule.refuse(Reason.OVERLOAD);
            assertThat(client.get("/ok").read().status()).isEqualTo(503);
            assertThat(client.get("/livez").read().body()).isEqualTo("alive");
            assertThat(client.get("/livez;/../ok").read().status()).isNotEqualTo(200);
        }
    }

    @Test
    void shadowModeRefusesNothing() throws Exception {
        try (RunningTomcat tomcat =
                        RunningTomcat.with().setting("mode", "shadow").start();
                RawClient client = new RawClient(tomcat.localPort)) {
            tomcat.rule.refuse(Reason.OVERLOAD);
            assertThat(client.get("/ok").read().body()).isEqualTo("ok");
            assertThat(tomcat.port.guard().counts(Attempt.Kind.REQUEST).wouldReject(Reason.OVERLOAD))
                    .isEqualTo(1);
        }
    }

    @Test
    void aBrokenRuleLetsThrough() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().start()) {
            tomcat.rule.breakDown();
            tomcat.connectionRule.breakDown();
            try (RawClient client = new RawClient(tomcat.localPort)) {
                assertThat(client.get("/ok").read().body()).isEqualTo("ok");
            }
            assertThat(tomcat.port.guard().faults()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void theWrappersOfOthersAreLookedThrough() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet("/again", (request, response) -> {
                            // What a second registration of the filter, further down the chain, gets to see.
                            GuardFilter again = new GuardFilter(((GuardedConnection) request.getServletConnection())
                                    .admitted()
                                    .port());
                            again.doFilter(
                                    new HttpServletRequestWrapper(request),
                                    response,
                                    (inner, answer) -> answer.getWriter().print("once"));
                        })
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            Answer answer = client.get("/again").read();
            assertThat(answer.body()).isEqualTo("once");
            assertThat(tomcat.port.guard().counts(Attempt.Kind.REQUEST).admitted())
                    .isEqualTo(1);
        }
    }

    @Test
    void aServletExceptionIsSearchedForAClientThatHasGone() {
        Exception gone = new ClientAbortException(new IOException("broken pipe"));
        assertThat(Outcomes.of(new ServletException(gone))).isEqualTo(Outcome.IGNORED);
        assertThat(Outcomes.of(new IllegalStateException(gone))).isEqualTo(Outcome.IGNORED);
        assertThat(Outcomes.of(new IOException("broken pipe"))).isEqualTo(Outcome.FAILURE);
    }

    /** Reads on an upgraded connection until the client closes it. */
    public static final class UntilEnd implements HttpUpgradeHandler {

        @Override
        public void init(WebConnection connection) {
            try {
                ServletInputStream in = connection.getInputStream();
                in.setReadListener(new ReadListener() {
                    @Override
                    public void onDataAvailable() throws IOException {
                        while (in.isReady()) {
                            if (in.read() < 0) {
                                closeQuietly(connection);
                                return;
                            }
                        }
                    }

                    @Override
                    public void onAllDataRead() {
                        closeQuietly(connection);
                    }

                    @Override
                    public void onError(Throwable cause) {
                        closeQuietly(connection);
                    }
                });
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public void destroy() {}

        private static void closeQuietly(WebConnection connection) {
            try {
                connection.close();
            } catch (Exception alreadyClosed) {
                assertThat(alreadyClosed).isInstanceOf(IOException.class);
            }
        }
    }
}
