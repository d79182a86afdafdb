package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for the loopback address, made for a test, and its key. */
public record TestCertificate(Path keyStore) {

    public static final String PASSWORD = "changeit";

    public static TestCertificate make(Path directory) throws Exception {
        Path keyStore = directory.resolve("keys.p12");
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
        return new TestCertificate(keyStore);
    }

    /** For clients that trust this certificate alone. */
    public SSLContext trusting() throws Exception {
        return context(false);
    }

    /** For clients that prove themselves with it too. */
    public SSLContext proving() throws Exception {
        return context(true);
    }

    /** A file that holds it as one to be trusted. */
    public Path trustStore() throws Exception {
        Path file = keyStore.resolveSibling("trust.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            trusted(keys()).store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    private KeyStore keys() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private static KeyStore trusted(KeyStore keys) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("test", keys.getCertificate("test"));
        return trusted;
    }

    private SSLContext context(boolean proving) throws Exception {
        KeyStore keys = keys();
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted(keys));
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(proving ? own.getKeyManagers() : null, trust.getTrustManagers(), null);
        return context;
    }
}
