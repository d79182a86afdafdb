package io.portguard;

/** Why an attempt was refused, spelled the same in metrics, logs, audit records, JMX and response bodies. */
public enum Reason {
    /** The address is on the deny list, or an allow list exists and the address is not on it. */
    DENIED("denied", 403),
    /** The client is banned for a time. */
    BANNED("banned", 403),
    /** The client's token bucket is empty. */
    CLIENT_RATE("client-rate", 429),
    /** The client has as many requests in progress as one client may have. */
    CLIENT_CONCURRENCY("client-concurrency", 429),
    /** The port is busy and the client uses more than its share of it. */
    FAIR_SHARE("fair-share", 429),
    /** The port has as many requests in progress as its limit allows. */
    CONCURRENCY("concurrency", 503),
    /** Requests of this priority are being shed, because requests or connections wait too long. */
    OVERLOAD("overload", 503),
    /** The port has as many connections open as it may have. */
    CONNECTIONS("connections", 503),
    /** The client has as many connections open as one client may have. */
    CLIENT_CONNECTIONS("client-connections", 503),
    /** Connections arrive faster than the port may accept them. */
    ACCEPT_RATE("accept-rate", 503),
    /** Connections of the client arrive faster than one client may open them. */
    CLIENT_ACCEPT_RATE("client-accept-rate", 503),
    /** The client took too long to send its request. */
    TIMEOUT("timeout", 503),
    /** The service is shutting down. */
    DRAINING("draining", 503);

    private final String text;
    private final int httpStatus;

    Reason(String text, int httpStatus) {
        this.text = text;
        this.httpStatus = httpStatus;
    }

    /** The reason as it is spelled everywhere outside of Java code, {@code client-rate} for instance. */
    public String text() {
        return text;
    }

    /** The status of an HTTP answer that refuses for this reason: 403, 429 or 503. */
    public int httpStatus() {
        return httpStatus;
    }

    @Override
    public String toString() {
        return text;
    }
}
