package io.portguard.servlet;

import io.portguard.Outcome;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/** Releases the permit of an asynchronous request when that has ended, also when it was started anew meanwhile. */
final class AsyncCompletion implements AsyncListener {

    private final RequestInProgress progress;
    private final HttpServletResponse response;
    private final @Nullable AdmittedConnection connection;

    AsyncCompletion(RequestInProgress progress, HttpServletResponse response, @Nullable AdmittedConnection connection) {
        this.progress = progress;
        this.response = response;
        this.connection = connection;
    }

    @Override
    public void onComplete(AsyncEvent event) {
        if (connection == null || !connection.isBroken()) {
            progress.end(response);
        }
        end(Outcome.IGNORED);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        end(Outcome.DROPPED);
    }

    @Override
    public void onError(AsyncEvent event) {
        Throwable cause = event.getThrowable();
        end(cause == null ? Outcome.FAILURE : Outcomes.of(cause));
    }

    /** A new cycle begins without the listeners of the last one. */
    @Override
    public void onStartAsync(AsyncEvent event) {
        try {
            event.getAsyncContext().addListener(this);
        } catch (RuntimeException tooLate) {
            end(Outcome.IGNORED);
        }
    }

    private void end(Outcome outcome) {
        if (connection == null) {
            progress.end(outcome);
            return;
        }
        // A container may tell of a client that has gone by an exception that might come from anywhere.
        progress.end(connection.isBroken() ? Outcome.IGNORED : outcome);
        connection.forget(progress.permit());
    }
}
