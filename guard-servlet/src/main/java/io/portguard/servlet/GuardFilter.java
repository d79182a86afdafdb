package io.portguard.servlet;

import io.portguard.ConnectionStance;
import io.portguard.Decision;
import io.portguard.IpAddress;
import io.portguard.Permit;
import io.portguard.Rejection;
import io.portguard.standard.StandardGuard;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Admits or refuses requests, and holds the permit of each that was admitted until it has ended, however it
 * ends. To be the first filter of the chain, with support for asynchronous requests, mapped to {@code /*} for
 * the dispatcher type {@code REQUEST}; mapped to more it does nothing more. Thread-safe.
 *
 * <p>Should the guard itself fail, the request goes through.
 */
public final class GuardFilter implements Filter {

    /*
     * When a permit is given back:
     *
     *  - A request that never became asynchronous ends when the chain returns or throws.
     *  - One that did ends when its AsyncContext completes, times out or fails. The listener that is told so is
     *    registered the moment that startAsync() is called (AdmittedRequest), not when the chain has returned: by
     *    then the request may have been dispatched again already, which isAsyncStarted() denies and which takes no
     *    listener any more. Where somebody calls startAsync() on the container's own request, past the wrapper,
     *    the listener is registered after the chain; where that fails too, the permit is given back at once, early
     *    rather than never.
     *  - One for a path of requests.streams ends already with the first byte of its answer (StreamedResponse).
     *  - A container that stops may close connections without a word to the listeners of the requests on them. Where
     *    connections are guarded as well, their end is the end of those requests.
     *  - An exception out of the chain ends it at once, asynchronous or not: what follows is the container's
     *    error handling.
     *
     * Several of these may happen to one request, on several threads; Permit.release() heeds the first only.
     * ASYNC, ERROR, FORWARD and INCLUDE dispatches belong to a request that has been decided already.
     */

    private final StandardGuard port;
    private final RewrittenPeer rewrittenPeer;

    /** Written before the first request comes. */
    private boolean seesAllRequests;

    public GuardFilter(StandardGuard port) {
        this.port = port;
        this.rewrittenPeer = new RewrittenPeer(port.guard().name());
    }

    @Override
    public void init(FilterConfig config) {
        try {
            FilterRegistration registration = config.getServletContext().getFilterRegistration(config.getFilterName());
            seesAllRequests =
                    registration != null && registration.getUrlPatternMappings().contains("/*");
        } catch (RuntimeException unknownToTheContainer) {
            seesAllRequests = false;
        }
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http)
                || !(response instanceof HttpServletResponse answer)
                || isDecided(http)) {
            chain.doFilter(request, response);
            return;
        }
        Decision decision = decide(http);
        if (decision instanceof Rejection rejection
                && RefusalAnswer.write(port, rejection, ServletAnswer.to(port, http, answer))) {
            return;
        }
        if (port.connectionStance() == ConnectionStance.NO_KEEP_ALIVE) {
            ServletAnswer.endConnection(http, answer);
        }
        if (decision instanceof Permit permit) {
            serve(http, answer, chain, permit);
        } else {
            chain.doFilter(request, response);
        }
    }

    private static boolean isDecided(HttpServletRequest request) {
        return request.getDispatcherType() != DispatcherType.REQUEST || AdmittedRequest.within(request) != null;
    }

    /** The guard's answer; null when it failed. */
    private @Nullable Decision decide(HttpServletRequest request) {
        try {
            GuardedConnection connection = connectionOf(request, port);
            if (connection != null) {
                if (seesAllRequests) {
                    connection.requestsAreGuarded();
                }
                Permit beforehand = connection.takePermit();
                if (beforehand != null) {
                    return beforehand;
                }
            }
            rewrittenPeer.look(request, connection != null);
            ServletRequestView view = new ServletRequestView(request);
            if (connection != null) {
                return connection.admitted().tryAdmit(view);
            }
            // An address that cannot be read is not let past the guard: whoever could forge one would be, too.
            return port.guard().tryAdmit(port.attempts().ofRequest(IpAddress.parseOrNull(address(request)), view));
        } catch (Throwable fault) {
            port.guard().fault("deciding a request", fault);
            return null;
        }
    }

    private static String address(HttpServletRequest request) {
        String address = request.getRemoteAddr();
        return address == null ? "" : address;
    }

    /** The connection, where the container has admitted it for the same guard. */
    static @Nullable GuardedConnection connectionOf(HttpServletRequest request, StandardGuard port) {
        GuardedConnection connection = connectionOf(request);
        return connection != null && connection.admitted().port() == port ? connection : null;
    }

    /** The connection, if the container guards its connections. */
    static @Nullable GuardedConnection connectionOf(HttpServletRequest request) {
        if (request.getServletConnection() instanceof GuardedConnection connection) {
            return connection;
        }
        return request.getAttribute(GuardedConnection.ATTRIBUTE) instanceof GuardedConnection connection
                ? connection
                : null;
    }

    private void serve(HttpServletRequest request, HttpServletResponse response, FilterChain chain, Permit permit)
            throws IOException, ServletException {
        AdmittedRequest admitted = new AdmittedRequest(request, response, new RequestInProgress(port, permit));
        try {
            chain.doFilter(admitted, isStream(request) ? admitted.streamed() : response);
            if (!admitted.endsAsynchronously()) {
                admitted.progress().end(response);
            }
        } catch (Throwable thrown) {
            permit.release(Outcomes.of(thrown));
            throw thrown;
        }
    }

    private boolean isStream(HttpServletRequest request) {
        try {
            return port.attempts().isStream(new ServletRequestView(request));
        } catch (Throwable fault) {
            port.guard().fault("looking for a stream", fault);
            return false;
        }
    }
}
