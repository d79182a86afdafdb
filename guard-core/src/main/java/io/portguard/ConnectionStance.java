package io.portguard;

import java.util.Locale;

/**
 * How a port meets connections, from the mildest answer to the severest. Adapters look at it when they are about to
 * accept and when a response has ended.
 */
public enum ConnectionStance {
    /** Accept, as ever. */
    ACCEPT,
    /** Stop accepting for the moment; who comes is queued by the kernel, and nobody is refused. */
    PAUSE,
    /** Accept and close at once, which frees the accept queue. */
    CLOSE,
    /** As {@link #CLOSE}, and connections that would be kept end after their present response. */
    NO_KEEP_ALIVE;

    /** Whether a connection that is not exempt is closed as soon as it is accepted. */
    public boolean closesNew() {
        return compareTo(CLOSE) >= 0;
    }

    /** As it is spelled in reports and logs, {@code no-keep-alive} for instance. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String toString() {
        return text();
    }
}
