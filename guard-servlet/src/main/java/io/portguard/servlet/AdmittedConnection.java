package io.portguard.servlet;

import io.portguard.Attempt;
import io.portguard.IpAddress;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.http.HttpAttempts;
import io.portguard.http.HttpRequestView;
import io.portguard.standard.StandardGuard;
import org.jspecify.annotations.Nullable;

/** What the guard holds and knows of one open connection. */
public final class AdmittedConnection {

    private final StandardGuard port;
    private final @Nullable IpAddress peer;
    private final HttpAttempts.@Nullable OfConnection attempts;
    private final @Nullable Permit permit;

    AdmittedConnection(
            StandardGuard port,
            @Nullable IpAddress peer,
            HttpAttempts.@Nullable OfConnection attempts,
            @Nullable Permit permit) {
        this.port = port;
        this.peer = peer;
        this.attempts = attempts;
        this.permit = permit;
    }

    public StandardGuard port() {
        return port;
    }

    /** The attempt of a request on a connection that serves one at a time. */
    public Attempt attempt(HttpRequestView request) {
        return attempts == null ? attemptOfStream(request) : attempts.request(request);
    }

    /** The attempt of a request on a connection that serves several at once. Thread-safe. */
    public Attempt attemptOfStream(HttpRequestView request) {
        return port.attempts().ofRequest(peer, request);
    }

    /** How long the connection is not to be read after a refusal on it, in nanoseconds. */
    public long refusalPauseNanos() {
        return attempts != null && attempts.isOfOneClient() ? port.refusalPauseNanos() : 0;
    }

    /** Gives back what the connection held; further calls do nothing. */
    public void closed() {
        if (permit != null) {
            permit.release(Outcome.SUCCESS);
        }
    }
}
