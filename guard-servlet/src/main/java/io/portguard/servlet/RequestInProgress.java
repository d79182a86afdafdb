package io.portguard.servlet;

import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.standard.StandardGuard;
import jakarta.servlet.http.HttpServletResponse;

/** An admitted request that has not ended yet. Thread-safe; whoever ends it first decides how it has ended. */
record RequestInProgress(StandardGuard port, Permit permit) {

    /** Ends as its response says. */
    void end(HttpServletResponse response) {
        end(Outcomes.of(response), response);
    }

    /** Ends in a certain way; what was answered may still count against the client. */
    void end(Outcome outcome, HttpServletResponse response) {
        if (permit.release(outcome) && outcome == Outcome.SUCCESS) {
            port.answered(permit.attempt(), response.getStatus());
        }
    }

    /** Ends without an answer that says anything. */
    void end(Outcome outcome) {
        permit.release(outcome);
    }
}
