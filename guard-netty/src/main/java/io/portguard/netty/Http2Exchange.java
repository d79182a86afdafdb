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
    private boolean bodyComes;
    private long droppedBytes;

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

    /**
     * One that the application never sees.
     *
     * @param bodyComes whether the client has yet to send its body
     */
    static Http2Exchange refused(boolean bodyComes) {
        Http2Exchange refused = new Http2Exchange(true, false, null);
        refused.bodyComes = bodyComes;
        return refused;
    }

    /** Whether, when it was refused, its body was still to come. */
    boolean wasRefusedBeforeItsBody() {
        return bodyComes;
    }

    boolean isRefused() {
        return refused;
    }

    /** The right to be served; null when it has ended, or was never asked for. */
    @Nullable
    Permit permit() {
        return permit;
    }

    /** Some of a refused request's body was dropped; returns how much of it by now. */
    long dropped(int bytes) {
        droppedBytes += bytes;
        return droppedBytes;
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

    /** How the response itself says that it went. */
    Outcome outcome() {
        return outcome;
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
