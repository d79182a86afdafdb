package io.portguard.servlet;

import io.portguard.Outcome;
import io.portguard.Permit;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponse;

/** Releases the permit of an asynchronous request when that has ended, also when it was started anew meanwhile. */
final class AsyncCompletion implements AsyncListener {

    private final Permit permit;
    private final HttpServletResponse response;

    AsyncCompletion(Permit permit, HttpServletResponse response) {
        this.permit = permit;
        this.response = response;
    }

    @Override
    public void onComplete(AsyncEvent event) {
        permit.release(Outcomes.of(response));
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        permit.release(Outcome.DROPPED);
    }

    @Override
    public void onError(AsyncEvent event) {
        Throwable cause = event.getThrowable();
        permit.release(cause == null ? Outcome.FAILURE : Outcomes.of(cause));
    }

    /** A new cycle begins without the listeners of the last one. */
    @Override
    public void onStartAsync(AsyncEvent event) {
        try {
            event.getAsyncContext().addListener(this);
        } catch (IllegalStateException tooLate) {
            permit.release(Outcome.IGNORED);
        }
    }
}
