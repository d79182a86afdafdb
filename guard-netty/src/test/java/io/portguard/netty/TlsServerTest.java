package io.portguard.netty;

import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.portguard.Attempt;
import io.portguard.wire.HandshakeFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;

/** A server that speaks TLS, clients of it, and what the guard has counted of their handshakes. */
abstract class TlsServerTest {

    private static X509Bundle certificate;
    static SslContext context;

    final Requesters requesters = new Requesters();

    @BeforeAll
    static void certificate() throws Exception {
        certificate = new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        context = serverContext().build();
    }

    /** With the certificate of all these servers. */
    static SslContextBuilder serverContext() throws Exception {
        return SslContextBuilder.forServer(certificate.toKeyManagerFactory());
    }

    static X509Certificate trusted() {
        return certificate.getCertificate();
    }

    /** What a client proves with that it is the one of the certificate. */
    static KeyManager[] proof() throws Exception {
        return certificate.toKeyManagerFactory().getKeyManagers();
    }

    static Protocol https(SslContext tls) {
        return (pipeline, app) ->
                pipeline.addLast(tls.newHandler(pipeline.channel().alloc()), new HttpServerCodec(), app.get());
    }

    LoopbackServer server(Protocol protocol, String... settings) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return new LoopbackServer(all, builder -> builder.listener(requesters), protocol, Transport.NIO);
    }

    LoopbackServer server(String... settings) {
        return server(https(context), settings);
    }

    /** A client that trusts whatever it is shown. */
    static SSLSocket connect(LoopbackServer server, String serverName) throws Exception {
        SSLContext client = SSLContext.getInstance("TLS");
        client.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        SSLSocket socket =
                (SSLSocket) client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout((int) LoopbackServer.PATIENCE.toMillis());
        if (serverName != null) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
            socket.setSSLParameters(parameters);
        }
        return socket;
    }

    static String get(LoopbackServer server, String serverName) throws Exception {
        try (SSLSocket socket = connect(server, serverName);
                RawClient client = new RawClient(socket)) {
            return client.get("/hello");
        } catch (IOException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    static Map<String, Long> failures(LoopbackServer server) {
        return server.guard.checks().handshakeFailures().counts();
    }

    static void untilFailed(LoopbackServer server, HandshakeFailure cause) {
        Eventually.until(
                cause + ", not " + failures(server), () -> failures(server).equals(Map.of(cause.text(), 1L)));
    }

    static long handshakes(LoopbackServer server) {
        return server.guard.guard().counts(Attempt.Kind.HANDSHAKE).active();
    }

    static byte[] inRecords(byte[] handshake, int recordLength) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int from = 0; from < handshake.length; from += recordLength) {
            int length = Math.min(recordLength, handshake.length - from);
            out.write(22);
            out.write(3);
            out.write(1);
            out.write(length >> 8);
            out.write(length);
            out.write(handshake, from, length);
        }
        return out.toByteArray();
    }
}
