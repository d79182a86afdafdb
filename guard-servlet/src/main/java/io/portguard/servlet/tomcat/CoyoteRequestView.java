package io.portguard.servlet.tomcat;

import io.portguard.client.RequestOrigin;
import io.portguard.http.HttpRequestView;
import java.security.cert.X509Certificate;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.apache.tomcat.util.net.SSLSupport;
import org.jspecify.annotations.Nullable;

/** What the guard sees of a request that no valve and no filter has touched yet. */
record CoyoteRequestView(Request request) implements HttpRequestView {

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String rawPath() {
        return request.requestURI().toString();
    }

    @Override
    public @Nullable String header(String name) {
        return request.getHeader(name) == null
                ? null
                : RequestOrigin.joined(request.getMimeHeaders().values(name));
    }

    /** Nobody: to ask is to authenticate, which is not done for a request that its address has refused. */
    @Override
    public @Nullable String principal() {
        return null;
    }

    @Override
    public @Nullable String certificate() {
        request.action(ActionCode.REQ_SSL_ATTRIBUTE, request);
        return request.getAttribute(SSLSupport.CERTIFICATE_KEY) instanceof X509Certificate[] chain && chain.length > 0
                ? chain[0].getSubjectX500Principal().getName()
                : null;
    }
}
