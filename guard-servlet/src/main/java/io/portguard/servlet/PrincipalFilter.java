package io.portguard.servlet;

import io.portguard.Rejection;
import io.portguard.standard.StandardGuard;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Asks who makes a request that {@link GuardFilter} has admitted by its address, and decides anew by the rules about
 * clients, for services with {@code clients.identify-by: principal}; with any other it does nothing. To come in the chain
 * right after the filter that authenticates, for the dispatcher type {@code REQUEST}. Thread-safe.
 *
 * <p>A request without a principal stays its address's. Should the guard itself fail, the request goes through.
 */
public final class PrincipalFilter implements Filter {

    private final StandardGuard port;

    public PrincipalFilter(StandardGuard port) {
        this.port = port;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request instanceof HttpServletRequest http && response instanceof HttpServletResponse answer) {
            Rejection rejection = judge(http);
            if (rejection != null && RefusalAnswer.write(port, rejection, ServletAnswer.to(port, http, answer))) {
                return;
            }
        }
        chain.doFilter(request, response);
    }

    /** Why the principal's request is not to go on; null when it is. */
    private @Nullable Rejection judge(HttpServletRequest request) {
        if (!port.attempts().areIdentifiedLater() || request.getDispatcherType() != DispatcherType.REQUEST) {
            return null;
        }
        AdmittedRequest admitted = AdmittedRequest.within(request);
        if (admitted == null || admitted.progress().port() != port) {
            return null;
        }
        try {
            Principal principal = request.getUserPrincipal();
            String name = principal == null ? null : principal.getName();
            return name == null ? null : port.identify(admitted.progress().permit(), name);
        } catch (RuntimeException fault) {
            port.guard().fault("identifying a client", fault);
            return null;
        }
    }
}
