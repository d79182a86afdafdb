package io.portguard.netty;

import io.portguard.Outcome;
import io.portguard.Permit;
import org.jspecify.annotations.Nullable;

/** One request on its stream, until its response has ended or the stream has. Confined to the event loop. */
final class Http2Exchange {

    private final boolean refused;
    private final boolean tunnel;
    private @Nullable Permit permit;
    private Outcome outcome = Outcome.SUCCESS;
    private boolean ended;

    private Http2Exchange(boolean refused, boolean tunnel, @Nullable Permit permit) {
        this.refused = refused;
        this.tunnel = tunnel;
        this.permit = permit;
    }

    /**
     * @param permit null when the guard itself failed and let the request through
     * @param tunnel whether it asks for a connection to be passed on, a WebSocket for instance (RFC 8441)
     */
    static Http2Exchange admitted(@Nullable Permit permit, boolean tunnel) {
        return new Http2Exchange(false, tunnel, permit);
    }

    /** One that the application never sees. */
    static Http2Exchange refused() {
        return new Http2Exchange(true, false, null);
    }

    boolean isRefused() {
        return refused;
    }

    boolean isTunnel() {
        return tunnel;
    }

    /** Whether the service is still to answer. */
    boolean isInProgress() {
        return !refused && !ended;
    }

    void outcome(Outcome ofResponse) {
        outcome = ofResponse;
    }

    /** The response has ended, as well or badly as it said itself. */
    void end() {
        end(outcome);
    }

    void end(Outcome how) {
        Permit held = permit;
        permit = null;
        ended = true;
        if (held != null) {
            held.release(how);
        }
    }
}
