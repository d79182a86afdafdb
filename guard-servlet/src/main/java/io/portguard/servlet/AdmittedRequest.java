package io.portguard.servlet;

import io.portguard.Permit;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * An admitted request as the application sees it; it leaves the permit to an {@link AsyncCompletion} as soon as
 * the request becomes asynchronous.
 */
final class AdmittedRequest extends HttpServletRequestWrapper {

    private final HttpServletResponse response;
    private final Permit permit;

    /** Not null once the listener is registered; it renews its registration by itself. */
    private volatile @Nullable AsyncCompletion completion;

    AdmittedRequest(HttpServletRequest request, HttpServletResponse response, Permit permit) {
        super(request);
        this.response = response;
        this.permit = permit;
    }

    @Override
    public AsyncContext startAsync() {
        AsyncContext context = super.startAsync();
        watch(context);
        return context;
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        AsyncContext context = super.startAsync(request, response);
        watch(context);
        return context;
    }

    /** After the chain has returned: whether the permit will be released by a listener. */
    boolean endsAsynchronously() {
        try {
            if (completion == null && isAsyncStarted()) {
                watch(getAsyncContext());
            }
        } catch (RuntimeException endedMeanwhile) {
            return false;
        }
        return completion != null;
    }

    private void watch(AsyncContext context) {
        if (completion != null) {
            return;
        }
        AdmittedConnection connection = admittedConnection();
        if (connection != null) {
            connection.releaseAtEnd(permit);
        }
        AsyncCompletion listener = new AsyncCompletion(permit, response, connection);
        try {
            context.addListener(listener);
            completion = listener;
        } catch (RuntimeException tooLate) {
            // Nothing will tell when the request ends, so that its end is where the chain returns.
            if (connection != null) {
                connection.forget(permit);
            }
        }
    }

    private @Nullable AdmittedConnection admittedConnection() {
        try {
            GuardedConnection connection = GuardFilter.connectionOf((HttpServletRequest) getRequest());
            return connection == null ? null : connection.admitted();
        } catch (RuntimeException unknownToTheContainer) {
            return null;
        }
    }
}
