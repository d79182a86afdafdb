package io.portguard.servlet.jetty;

import io.portguard.client.RequestOrigin;
import io.portguard.http.HttpRequestView;
import java.security.cert.X509Certificate;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** What the guard sees of a request that no handler and no filter has touched yet. */
record JettyRequestView(Request request) implements HttpRequestView {

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String rawPath() {
        String path = request.getHttpURI().getPath();
        return path == null ? "" : path;
    }

    @Override
    public @Nullable String header(String name) {
        return RequestOrigin.joined(request.getHeaders().getValues(name));
    }

    /** Nobody: to ask is to authenticate, which is not done for a request that its address has refused. */
    @Override
    public @Nullable String principal() {
        return null;
    }

    /** Known where a {@code SecureRequestCustomizer} has told of TLS, as servlets need it as well. */
    @Override
    public @Nullable String certificate() {
        if (request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE) instanceof EndPoint.SslSessionData session) {
            X509Certificate[] chain = session.peerCertificates();
            return chain == null || chain.length == 0
                    ? null
                    : chain[0].getSubjectX500Principal().getName();
        }
        return null;
    }
}
