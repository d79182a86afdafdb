package io.portguard.benchmarks.overload;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Has a gate decide each request; the refused are answered 429, after which Tomcat keeps the connection. */
final class GateFilter implements Filter {

    private final Gate gate;

    GateFilter(Gate gate) {
        this.gate = gate;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Runnable exit = gate.enter();
        if (exit == null) {
            ((HttpServletResponse) response).setStatus(429);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            exit.run();
        }
    }
}
