package io.portguard.servlet;

import io.portguard.Outcome;
import io.portguard.Permit;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/** Releases the permit of an asynchronous request when that has ended, also when it was started anew meanwhile. */
final class AsyncCompletion implements AsyncListener {

    private final Permit permit;
    private final HttpServletResponse response;
    private final @Nullable GuardedConnection connection;

    AsyncCompletion(Permit permit, HttpServletResponse response, @Nullable GuardedConnection connection) {
        this.permit = permit;
        this.response = response;
        this.connection = connection;
    }

    @Override
    public void onComplete(AsyncEvent event) {
        permit.release(clientIsGone() ? Outcome.IGNORED : Outcomes.of(response));
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        permit.release(Outcome.DROPPED);
    }

    @Override
    public void onError(AsyncEvent event) {
        Throwable cause = event.getThrowable();
        if (clientIsGone()) {
            permit.release(Outcome.IGNORED);
        } else {
            permit.release(cause == null ? Outcome.FAILURE : Outcomes.of(cause));
        }
    }

    /** A container may tell of a client that has gone by an exception that might come from anywhere. */
    private boolean clientIsGone() {
        return connection != null && connection.isBroken();
    }

    /** A new cycle begins without the listeners of the last one. */
    @Override
    public void onStartAsync(AsyncEvent event) {
        try {
            event.getAsyncContext().addListener(this);
        } catch (RuntimeException tooLate) {
            permit.release(Outcome.IGNORED);
        }
    }
}
