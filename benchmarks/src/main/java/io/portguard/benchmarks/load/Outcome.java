package io.portguard.benchmarks.load;

/** How a request ended, seen from its client. */
public enum Outcome {
    /** Answered with 2xx within the deadline. */
    IN_TIME,
    /** Answered with 2xx, but after the deadline. */
    LATE,
    /** Answered with 403, 429 or 503. */
    REFUSED,
    /** Answered with another status. */
    FAILED,
    /** Not answered before the client gave up. */
    TIMED_OUT,
    /** Never sent: it waited for a connection of its client's until the client gave up. */
    UNSENT,
    /** The connection ended before the answer did. */
    LOST,
    /** No connection could be opened. */
    NOT_CONNECTED
}
