package io.portguard.storm;

/** Which scenarios are played. */
enum Mix {
    OVERLOAD,
    FLOOD,
    BOTH;

    boolean hasOverload() {
        return this != FLOOD;
    }

    boolean hasFlood() {
        return this != OVERLOAD;
    }
}
