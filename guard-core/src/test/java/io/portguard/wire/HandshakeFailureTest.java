package io.portguard.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.ClosedChannelException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateExpiredException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeFailureTest {

    /** As JDK 17 and 25, Netty and OpenSSL word them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no cipher suites in common | NO_SHARED_CIPHER",
                "(handshake_failure) no cipher suites in common | NO_SHARED_CIPHER",
                "error:1417A0C1:SSL routines:tls_post_process_client_hello:no shared cipher | NO_SHARED_CIPHER",
                "Received fatal alert: handshake_failure | NO_SHARED_CIPHER",
                "Client requested protocol TLSv1.1 is not enabled or supported in server context | PROTOCOL_VERSION",
                "The client supported protocol versions[TLSv1] are not accepted by server preferences [TLS13] | PROTOCOL_VERSION",
                "error:1420918C:SSL routines:tls_early_post_process_client_hello:version too low | PROTOCOL_VERSION",
                "Received fatal alert: protocol_version | PROTOCOL_VERSION",
                "Empty client certificate chain | BAD_CLIENT_CERTIFICATE",
                "(bad_certificate) Empty client certificate chain | BAD_CLIENT_CERTIFICATE",
                "error:SSL routines:tls_process_client_certificate:peer did not return a certificate | BAD_CLIENT_CERTIFICATE",
                "PKIX path building failed: unable to find valid certification path | BAD_CLIENT_CERTIFICATE",
                "Received fatal alert: unknown_ca | CERTIFICATE_REJECTED",
                "(certificate_unknown) Received fatal alert: certificate_unknown | CERTIFICATE_REJECTED",
                "error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca | CERTIFICATE_REJECTED",
                "error:100003f2:SSL routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_UNKNOWN | CERTIFICATE_REJECTED",
                "Received fatal alert: internal_error | CLIENT_ALERT",
                "Received fatal alert: user_canceled | CLIENT_ALERT",
                "Unrecognized server name indication | SERVER_NAME",
                "ClientHello length exceeds 65536: 1048576 | MALFORMED_HELLO",
                "handshake timed out after 10000ms | TIMEOUT",
                "Connection closed while SSL/TLS handshake was in progress | CLOSED",
                "Connection reset by peer | CLOSED",
                "not an SSL/TLS record: 00 | NOT_TLS",
                "something quite new | OTHER",
            })
    void wordsTellTheCause(String message, HandshakeFailure cause) {
        assertThat(HandshakeFailure.of(new SSLHandshakeException(message))).isEqualTo(cause);
        assertThat(HandshakeFailure.of(new IllegalStateException(new SSLHandshakeException(message))))
                .isEqualTo(cause);
    }

    @Test
    void soDoTypesAndCauses() {
        assertThat(HandshakeFailure.of(new ClosedChannelException())).isEqualTo(HandshakeFailure.CLOSED);
        SSLProtocolException wrapped = new SSLProtocolException("Unexpected exception");
        wrapped.initCause(
                new GeneralSecurityException("Unexpected plaintext alert received: Level: fatal; Alert: unknown_ca"));
        assertThat(HandshakeFailure.of(wrapped)).isEqualTo(HandshakeFailure.CERTIFICATE_REJECTED);
        SSLHandshakeException expired = new SSLHandshakeException("General SSLEngine problem");
        expired.initCause(new CertificateExpiredException("NotAfter: long ago"));
        assertThat(HandshakeFailure.of(expired)).isEqualTo(HandshakeFailure.BAD_CLIENT_CERTIFICATE);
        assertThat(HandshakeFailure.of(new SSLHandshakeException(null))).isEqualTo(HandshakeFailure.OTHER);
    }

    @Test
    void alertsTellTheCauseByNumber() {
        assertThat(HandshakeFailure.ofAlert(48)).isEqualTo(HandshakeFailure.CERTIFICATE_REJECTED);
        assertThat(HandshakeFailure.ofAlert(40)).isEqualTo(HandshakeFailure.NO_SHARED_CIPHER);
        assertThat(HandshakeFailure.ofAlert(70)).isEqualTo(HandshakeFailure.PROTOCOL_VERSION);
        assertThat(HandshakeFailure.ofAlert(80)).isEqualTo(HandshakeFailure.CLIENT_ALERT);
    }
}
