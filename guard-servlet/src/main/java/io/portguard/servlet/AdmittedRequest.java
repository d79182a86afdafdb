package io.portguard.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
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
    private final RequestInProgress progress;

    /** Not null once the listener is registered; it renews its registration by itself. */
    private volatile @Nullable AsyncCompletion completion;

    private @Nullable StreamedResponse streamed;

    AdmittedRequest(HttpServletRequest request, HttpServletResponse response, RequestInProgress progress) {
        super(request);
        this.response = response;
        this.progress = progress;
    }

    /** The admitted request within what later filters have made of it; null when it was not decided. */
    static @Nullable AdmittedRequest within(ServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            if (inner instanceof AdmittedRequest admitted) {
                return admitted;
            }
            inner = wrapper.getRequest();
        }
        return null;
    }

    RequestInProgress progress() {
        return progress;
    }

    /**
     * The response, to be given to the application, of a request that gives its permit back with the first byte of it;
     * to be called before the application is.
     */
    HttpServletResponse streamed() {
        StreamedResponse response = new StreamedResponse(this.response, this::answerBegins);
        streamed = response;
        return response;
    }

    private void answerBegins() {
        progress.end(response);
        AdmittedConnection connection = admittedConnection();
        if (connection != null) {
            connection.forget(progress.permit());
            connection.streams();
        }
    }

    @Override
    public AsyncContext startAsync() {
        // By itself, the context would have the container's own response, of which nobody is told.
        AsyncContext context = streamed == null ? super.startAsync() : super.startAsync(getRequest(), streamed);
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
            connection.releaseAtEnd(progress.permit());
        }
        AsyncCompletion listener = new AsyncCompletion(progress, response, connection);
        try {
            context.addListener(listener);
            completion = listener;
        } catch (RuntimeException tooLate) {
            // Nothing will tell when the request ends, so that its end is where the chain returns.
            if (connection != null) {
                connection.forget(progress.permit());
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
