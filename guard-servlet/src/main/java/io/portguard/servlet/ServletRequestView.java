package io.portguard.servlet;

import io.portguard.client.RequestOrigin;
import io.portguard.http.HttpRequestView;
import jakarta.servlet.http.HttpServletRequest;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * What the guard sees of a servlet request. The path is the one that was sent: with the context path, with path
 * parameters, undecoded.
 */
record ServletRequestView(HttpServletRequest request) implements HttpRequestView {

    /** Servlet 6.0, section 3.9. */
    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

    private static final String FORWARDED_FOR = "X-Forwarded-For";

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String rawPath() {
        return request.getRequestURI();
    }

    /**
     * {@inheritDoc}
     *
     * <p>What was forwarded is the address that the container shows, when the header is missing: Tomcat's
     * RemoteIpValve takes the header away when it believes it. The guard asks only where the peer is a proxy that it
     * trusts itself; where nothing was forwarded, the address is that proxy's own and says nothing new.
     */
    @Override
    public @Nullable String header(String name) {
        String first = request.getHeader(name);
        if (first == null) {
            return name.equals(FORWARDED_FOR) ? request.getRemoteAddr() : null;
        }
        return RequestOrigin.joined(request.getHeaders(name));
    }

    /** Nobody: to ask may be to authenticate, which is not done for a request that its address has refused. */
    @Override
    public @Nullable String principal() {
        return null;
    }

    @Override
    public @Nullable String certificate() {
        return request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain && chain.length > 0
                ? chain[0].getSubjectX500Principal().getName()
                : null;
    }
}
