package io.portguard.servlet;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.System.Logger.Level;

/**
 * Warns, once, where a request comes to the guard with its peer's address replaced by a forwarded one. Whoever did so
 * believed a header that the guard has not judged, so that a client could choose the address it is limited by; unless
 * the container's connections are guarded, whose peers are known for certain. Thread-safe.
 */
final class RewrittenPeer {

    private static final System.Logger LOGGER = System.getLogger(RewrittenPeer.class.getName());

    /** Set by Tomcat's RemoteIpValve and RemoteIpFilter on every request that they have changed. */
    private static final String TOMCAT_FORWARDED = "org.apache.tomcat.request.forwarded";

    private static final String SPRING_FILTER = "org.springframework.web.filter.ForwardedHeaderFilter$";

    private final String guard;
    private volatile boolean warned;

    RewrittenPeer(String guard) {
        this.guard = guard;
    }

    /**
     * Looks at a request.
     *
     * @param peerIsKnown from the connection, whatever the request says
     */
    void look(HttpServletRequest request, boolean peerIsKnown) {
        if (peerIsKnown || warned || !isRewritten(request)) {
            return;
        }
        warned = true;
        LOGGER.log(
                Level.WARNING,
                "Guard {0}: requests reach the guard with an address taken from a forwarded header. Have the guard''s"
                        + " filter come first, or its connection level guard the container, and name the proxies in"
                        + " clients.trusted-proxies; otherwise clients may choose the address they are limited by.",
                guard);
    }

    private static boolean isRewritten(HttpServletRequest request) {
        if (Boolean.TRUE.equals(request.getAttribute(TOMCAT_FORWARDED))) {
            return true;
        }
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            if (inner.getClass().getName().startsWith(SPRING_FILTER)) {
                return true;
            }
            inner = wrapper.getRequest();
        }
        return false;
    }
}
