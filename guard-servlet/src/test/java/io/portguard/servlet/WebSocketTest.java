package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.servlet.RunningServer.Container;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.Context;
import org.apache.tomcat.websocket.server.WsSci;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.ee11.websocket.servlet.WebSocketUpgradeFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** WebSockets of the JDK's own client: a request up to the handshake's answer, a connection from then on. */
@Timeout(120)
class WebSocketTest {

    @TempDir
    Path directory;

    /** Answers what it is told. */
    @ServerEndpoint("/echo")
    public static final class Echo {

        @OnMessage
        public String said(String message) {
            return "echo " + message;
        }
    }

    @ParameterizedTest
    @CsvSource({"TOMCAT, false", "TOMCAT, true", "JETTY, false", "JETTY, true"})
    void isNoRequestAnyMoreAndMayBeSilentForLongerThanAnyTimeoutOfHttp(Container container, boolean tls)
            throws Exception {
        TestCertificate certificate = TestCertificate.make(directory);
        RunningServer.Setup setup = withEcho()
                .setting("connections.request-timeout", "200ms")
                .setting("connections.tls-handshake-timeout", "200ms")
                .setting("connections.idle-timeout", "200ms")
                .setting("connections.min-data-rate", "1000000");
        try (RunningServer server = container.start(tls ? setup.tls(certificate) : setup)) {
            HttpClient client =
                    HttpClient.newBuilder().sslContext(certificate.trusting()).build();
            Listener listener = new Listener();
            WebSocket socket = open(client, server, tls ? "wss" : "ws", listener);
            Await.until("the request has ended", () -> server.active(Attempt.Kind.REQUEST) == 0);
            assertThat(server.ended.outcomes()).containsExactly(Outcome.IGNORED);
            for (int i = 0; i < 4; i++) {
                try (RawClient silent = new RawClient(server.localPort())) {
                    assertThat(silent.isClosedByServer()).isTrue(); // the time of a header, or of a handshake
                }
            }
            socket.sendText("hello", true).get(20, TimeUnit.SECONDS);
            assertThat(listener.heard.poll(20, TimeUnit.SECONDS)).isEqualTo("echo hello");
            Await.until("it is the only one left", () -> server.active(Attempt.Kind.CONNECTION) == 1);
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(20, TimeUnit.SECONDS);
            server.awaitNothingActive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void isGivenBackWhenItsClientIsGone(Container container) throws Exception {
        try (RunningServer server = container.start(withEcho())) {
            for (int i = 0; i < 10; i++) {
                open(HttpClient.newHttpClient(), server, "ws", new Listener()).abort();
            }
            server.awaitNothingActive();
            assertThat(server.port.guard().counts(Attempt.Kind.CONNECTION).admitted())
                    .isEqualTo(10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void isRefusedLikeAnyRequest(Container container) throws Exception {
        try (RunningServer server = container.start(withEcho())) {
            assertHandshakeIsRefused(server);
        }
    }

    private static void assertHandshakeIsRefused(RunningServer server) {
        server.rule.refuse(Reason.FAIR_SHARE);
        assertThatThrownBy(() -> open(HttpClient.newHttpClient(), server, "ws", new Listener()))
                .hasCauseInstanceOf(WebSocketHandshakeException.class)
                .satisfies(refused -> assertThat(((WebSocketHandshakeException) refused.getCause())
                                .getResponse()
                                .statusCode())
                        .isEqualTo(429));
    }

    @Test
    void isRefusedAsWellWhereJettyUpgradesItBeforeTheFilter() throws Exception {
        try (RunningServer server = Container.JETTY.start(RunningServer.with()
                .jettyContext(context -> JakartaWebSocketServletContainerInitializer.configure(
                        context, (servlets, endpoints) -> endpoints.addEndpoint(Echo.class))))) {
            try (RawClient client = new RawClient(server.localPort())) {
                assertThat(client.get("/ok").read().status()).isEqualTo(200);
            }
            WebSocket socket = open(HttpClient.newHttpClient(), server, "ws", new Listener());
            Await.until("the handshake gives its place back", () -> server.active(Attempt.Kind.REQUEST) == 0);
            socket.abort();
            assertHandshakeIsRefused(server);
        }
    }

    @Test
    void soIsWhateverAServletUpgradesARequestToOnTomcat() throws Exception {
        try (RunningServer server = Container.TOMCAT.start(RunningServer.with()
                        .setting("connections.request-timeout", "200ms")
                        .setting("connections.idle-timeout", "200ms")
                        .servlet("/upgrade", (request, response) -> {
                            response.setHeader("Connection", "Upgrade");
                            response.setHeader("Upgrade", "lines");
                            request.upgrade(Lines.class);
                        }));
                RawClient client = new RawClient(server.localPort())) {
            client.send("GET /upgrade HTTP/1.1", "Host: test", "Connection: Upgrade", "Upgrade: lines", "");
            assertThat(client.read().status()).isEqualTo(101);
            Await.until("the request has ended", () -> server.active(Attempt.Kind.REQUEST) == 0);
            for (int i = 0; i < 4; i++) {
                try (RawClient silent = new RawClient(server.localPort())) {
                    assertThat(silent.isClosedByServer()).isTrue(); // the time of a header
                }
            }
            // Said in the form of HTTP because it is what the client can read.
            client.sendBytes("HTTP/1.1 299 said by lines\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(299);
            Await.until("it is the only one left", () -> server.active(Attempt.Kind.CONNECTION) == 1);
        }
    }

    /** Says back what it is told. */
    public static final class Lines implements HttpUpgradeHandler {

        @Override
        public void init(WebConnection connection) {
            try {
                ServletInputStream in = connection.getInputStream();
                ServletOutputStream out = connection.getOutputStream();
                in.setReadListener(new ReadListener() {
                    @Override
                    public void onDataAvailable() throws IOException {
                        while (in.isReady()) {
                            int next = in.read();
                            if (next < 0) {
                                return;
                            }
                            out.write(next);
                        }
                        out.flush();
                    }

                    @Override
                    public void onAllDataRead() throws IOException {
                        out.close();
                    }

                    @Override
                    public void onError(Throwable failure) {
                        // the end of the connection, which the test sees
                    }
                });
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        }

        @Override
        public void destroy() {
            // nothing is held
        }
    }

    @ParameterizedTest
    @EnumSource
    void isNotTakenToMakeRoomForAnother(Container container) throws Exception {
        try (RunningServer server = container.start(withEcho().setting("connections.max", "1"))) {
            Listener listener = new Listener();
            WebSocket socket = open(HttpClient.newHttpClient(), server, "ws", listener);
            Await.until("upgraded", () -> server.active(Attempt.Kind.REQUEST) == 0);
            for (int i = 0; i < 20; i++) {
                try (RawClient newcomer = new RawClient(server.localPort(), "127.0.0.9")) {
                    assertThat(newcomer.isClosedByServer()).isTrue();
                }
            }
            socket.sendText("still", true).get(20, TimeUnit.SECONDS);
            assertThat(listener.heard.poll(20, TimeUnit.SECONDS)).isEqualTo("echo still");
            socket.abort();
        }
    }

    private static WebSocket open(HttpClient client, RunningServer server, String scheme, Listener listener)
            throws Exception {
        return client.newWebSocketBuilder()
                .buildAsync(URI.create(scheme + "://127.0.0.1:" + server.localPort() + "/echo"), listener)
                .get(20, TimeUnit.SECONDS);
    }

    private static RunningServer.Setup withEcho() {
        // Tomcat asks no filter about a path that no servlet has.
        return RunningServer.with()
                .servlet("/", (request, response) -> response.sendError(404))
                .tomcat(tomcat -> ((Context) tomcat.getHost().findChild(""))
                        .addServletContainerInitializer(new WsSci(), Set.of(Echo.class)))
                .jettyContext(WebSocketTest::addEcho);
    }

    private static void addEcho(ServletContextHandler context) {
        // Jetty puts this filter before all others, unless one of this name is there already.
        FilterHolder upgrade = new FilterHolder(WebSocketUpgradeFilter.class);
        upgrade.setName(WebSocketUpgradeFilter.class.getName());
        context.addFilter(upgrade, "/*", EnumSet.of(DispatcherType.REQUEST));
        JakartaWebSocketServletContainerInitializer.configure(
                context, (servlets, endpoints) -> endpoints.addEndpoint(Echo.class));
    }

    private static final class Listener implements WebSocket.Listener {

        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            heard.add(data.toString());
            return WebSocket.Listener.super.onText(socket, data, last);
        }
    }
}
