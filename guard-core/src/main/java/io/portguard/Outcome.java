package io.portguard;

/** How an admitted attempt ended, as the adapter tells it when it releases the permit. */
public enum Outcome {
    /** It was served; its duration says how fast the service is. */
    SUCCESS,
    /** The service failed: an error, a status of 5xx. Its duration may be far from a served one's. */
    FAILURE,
    /** The time for it ran out, or it was dropped behind the guard: a sign of overload. */
    DROPPED,
    /** It says nothing about the service: the client went away, an upgrade, a stream that goes on for ever. */
    IGNORED
}
