package io.portguard.connection;

import java.time.Duration;

/**
 * Whether the body of a request comes fast enough, on average over the time that it was waited for. Confined to the
 * housekeeper's thread.
 */
final class BodyRate {

    /** What comes within this time is fast enough. */
    private static final long GRACE_NANOS = Duration.ofSeconds(1).toNanos();

    private static final double NANOS_PER_SECOND = 1e9;

    private long request;
    private long waitedNanos;
    private long lastLookNanos;
    private long bytesBefore;

    /**
     * Looks at a request that is in progress.
     *
     * @param current the state of the connection, which is another for every request
     * @param awaited whether its body is waited for now
     * @param bytes read on the connection so far
     */
    boolean isBelow(long bytesPerSecond, long current, boolean awaited, long bytes, long now) {
        if (current != request) {
            request = current;
            waitedNanos = 0;
            bytesBefore = bytes;
        } else if (awaited) {
            waitedNanos += now - lastLookNanos;
        }
        lastLookNanos = now;
        return awaited
                && waitedNanos > GRACE_NANOS
                && bytes - bytesBefore < bytesPerSecond * (waitedNanos / NANOS_PER_SECOND);
    }
}
