package io.portguard.servlet.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Reason;
import io.portguard.servlet.RawClient;
import io.portguard.servlet.RunningTomcat;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TlsTest {

    private static final String PASSWORD = "changeit";

    @TempDir
    static Path directory;

    private static Path keyStore;

    @BeforeAll
    static void makeCertificate() throws Exception {
        keyStore = directory.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "test",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        keyStore.toString())
                .redirectErrorStream(true)
                .start();
        keytool.getInputStream().readAllBytes();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedRequestKeepsItsConnection(HttpClient.Version version) throws Exception {
        try (RunningTomcat tomcat =
                RunningTomcat.with().connector(TlsTest::useTls).start()) {
            HttpClient client = HttpClient.newBuilder()
                    .version(version)
                    .sslContext(trusting())
                    .build();
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + tomcat.localPort + "/ok"))
                    .build();
            for (int i = 0; i < 3; i++) {
                tomcat.rule.refuse(Reason.OVERLOAD);
                HttpResponse<String> refused = client.send(request, HttpResponse.BodyHandlers.ofString());
                assertThat(refused.version()).isEqualTo(version);
                assertThat(refused.statusCode()).isEqualTo(503);
                tomcat.rule.pass();
                HttpResponse<String> served = client.send(request, HttpResponse.BodyHandlers.ofString());
                assertThat(served.body()).isEqualTo("ok");
            }
            assertThat(tomcat.port.guard().counts(Attempt.Kind.CONNECTION).admitted())
                    .isEqualTo(1);
            tomcat.connector.stop();
        }
    }

    @Test
    void aHandshakeThatDoesNotComeEndsWithTheTimeForOne() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .connector(TlsTest::useTls)
                        .setting("connections.tls-handshake-timeout", "100ms")
                        .start();
                RawClient silent = new RawClient(tomcat.localPort);
                RawClient halfway = new RawClient(tomcat.localPort)) {
            halfway.sendBytes("\u0016\u0003\u0001\u0002\u0000");
            assertThat(silent.isClosedByServer()).isTrue();
            assertThat(halfway.isClosedByServer()).isTrue();
            tomcat.awaitNothingActive();
        }
    }

    private static void useTls(Connector connector) {
        SSLHostConfig host = new SSLHostConfig();
        SSLHostConfigCertificate certificate = new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.EC);
        certificate.setCertificateKeystoreFile(keyStore.toString());
        certificate.setCertificateKeystorePassword(PASSWORD);
        host.addCertificate(certificate);
        connector.setSecure(true);
        connector.setScheme("https");
        connector.setProperty("SSLEnabled", "true");
        connector.addSslHostConfig(host);
        connector.addUpgradeProtocol(new Http2Protocol());
    }

    private static SSLContext trusting() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("test", keys.getCertificate("test"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
