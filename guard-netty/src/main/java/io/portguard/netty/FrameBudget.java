package io.portguard.netty;

import io.netty.handler.codec.http2.Http2Exception;
import io.portguard.Mode;
import java.util.concurrent.TimeUnit;

/**
 * Of frames that ask for nothing a connection may send a hundred a second, and a thousand at once: more than any client has
 * a reason for. Confined to the event loop.
 */
final class FrameBudget {

    private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long FRAME_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final GuardedPort port;

    /** When it will be full again. */
    private long fullAtNanos;

    FrameBudget(GuardedPort port) {
        this.port = port;
        this.fullAtNanos = port.guard().clock().nanoTime();
    }

    /**
     * One of them has come.
     *
     * @throws Http2Exception when it is one too many, to end the connection
     */
    void take() throws Http2Exception {
        long now = port.guard().clock().nanoTime();
        fullAtNanos = Math.max(fullAtNanos - now, 0) + now + FRAME_NANOS;
        if (fullAtNanos - now > BURST_NANOS && port.guard().mode() == Mode.ENFORCE) {
            throw new Http2Flood("Too many frames that ask for nothing");
        }
    }
}
