package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.portguard.Reason;
import java.net.InetAddress;
import java.security.KeyStore;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The guard finds its place in whatever pipeline the owner has built, on every transport. */
class ProtocolTest {

    @Test
    void oneHandlerForAllStreams() {
        try (LoopbackServer server = new LoopbackServer(Map.of(), Protocol.HTTP_2_ONE_HANDLER);
                Http2Client client = new Http2Client(server.port())) {
            admitsAndRefuses(server, client);
            int held = client.get("/hold");
            client.flush();
            Eventually.until("it is held", () -> server.activeRequests() == 1);
            client.reset(held).flush();
            Eventually.until("it is released", () -> server.activeRequests() == 0);
        }
    }

    @Test
    void http2InTheClearWithPriorKnowledge() {
        try (LoopbackServer server = new LoopbackServer(Map.of(), Protocol.HTTP_1_OR_2_IN_THE_CLEAR)) {
            server.requestGate.refuse(Reason.OVERLOAD);
            try (Http2Client client = new Http2Client(server.port())) {
                assertThat(client.answer(client.get("/first")).status()).isEqualTo(503);
                server.requestGate.pass();
                admitsAndRefuses(server, client);
            }
        }
    }

    @Test
    void http1WhereHttp2WasPossible() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of(), Protocol.HTTP_1_OR_2_IN_THE_CLEAR);
                RawClient client = server.connect()) {
            admitsAndRefuses(server, client);
        }
    }

    @Test
    void anUpgradeFromHttp1ToHttp2() throws Exception {
        try (LoopbackServer server = new LoopbackServer(Map.of(), Protocol.HTTP_1_OR_2_IN_THE_CLEAR);
                RawClient client = server.connect()) {
            client.send(String.join(
                    "\r\n",
                    "GET /hello HTTP/1.1",
                    "Host: localhost",
                    "Connection: Upgrade, HTTP2-Settings",
                    "Upgrade: h2c",
                    "HTTP2-Settings: AAMAAABkAAQAAP__",
                    "",
                    ""));
            assertThat(client.response()).startsWith("HTTP/1.1 101");
            client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            Http2Client upgraded = new Http2Client(client.socket());
            upgraded.frame(Http2Client.SETTINGS, 0, 0, new byte[0]);
            assertThat(upgraded.answer(1).body()).isEqualTo("hello");
            upgraded.firstStream(3);
            admitsAndRefuses(server, upgraded);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void everyTransport(Transport transport) throws Exception {
        transport.assumeAvailable();
        try (LoopbackServer server = new LoopbackServer(Map.of(), anything -> {}, Protocol.HTTP_1, transport)) {
            try (RawClient client = server.connect()) {
                admitsAndRefuses(server, client);
                assertThat(server.keepAliveSeconds()).isEqualTo(60);
            }
            Eventually.until("it is gone", () -> server.activeConnections() == 0);
            server.connectionGate.refuse(Reason.ACCEPT_RATE);
            int pipelines = server.pipelines.get();
            for (int i = 0; i < 20; i++) {
                try (RawClient refused = server.connect()) {
                    assertThat(refused.isClosedWithoutAWord()).isTrue();
                }
            }
            assertThat(server.pipelines).hasValue(pipelines);
            server.connectionGate.pass();
            try (RawClient client = server.connect()) {
                assertThat(client.get("/hello")).endsWith("hello");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"NIO", "EPOLL"})
    void theHandshakeChoosesTheProtocol(Transport transport) throws Exception {
        transport.assumeAvailable();
        X509Bundle certificate = new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        SslContext context = SslContextBuilder.forServer(certificate.toKeyManagerFactory())
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2,
                        ApplicationProtocolNames.HTTP_1_1))
                .build();
        try (LoopbackServer server = new LoopbackServer(Map.of(), anything -> {}, Protocol.tls(context), transport)) {
            server.requestGate.refuse(Reason.OVERLOAD);
            try (Http2Client client = new Http2Client(tls(server.port(), certificate, "h2")).begin(new byte[0])) {
                assertThat(client.answer(client.get("/first")).status()).isEqualTo(503);
                server.requestGate.pass();
                admitsAndRefuses(server, client);
            }
            try (RawClient client = new RawClient(tls(server.port(), certificate, "http/1.1"))) {
                admitsAndRefuses(server, client);
            }
        }
    }

    private static SSLSocket tls(int port, X509Bundle certificate, String protocol) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("server", certificate.getCertificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {protocol});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        assertThat(socket.getApplicationProtocol()).isEqualTo(protocol);
        return socket;
    }

    private static void admitsAndRefuses(LoopbackServer server, Http2Client client) {
        long before = server.admittedRequests();
        assertThat(client.answer(client.get("/hello")).body()).isEqualTo("hello");
        server.requestGate.refuse(Reason.CLIENT_RATE);
        assertThat(client.answer(client.get("/hello")).body()).contains("\"client-rate\"");
        server.requestGate.pass();
        assertThat(client.answer(client.get("/hello")).body()).isEqualTo("hello");
        assertThat(server.admittedRequests() - before).isEqualTo(2);
    }

    private static void admitsAndRefuses(LoopbackServer server, RawClient client) throws Exception {
        long before = server.admittedRequests();
        assertThat(client.get("/hello")).endsWith("hello");
        server.requestGate.refuse(Reason.CLIENT_RATE);
        assertThat(client.get("/hello")).contains("\"client-rate\"");
        server.requestGate.pass();
        assertThat(client.get("/hello")).endsWith("hello");
        assertThat(server.admittedRequests() - before).isEqualTo(2);
    }
}
