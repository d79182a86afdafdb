package io.portguard.client;

/** Whether a connection of a trusted proxy begins with a preamble of the PROXY protocol. */
public enum PreamblePolicy {
    /**
     * It may: one that does not is the proxy's own, or carries requests with forwarded headers. As safe as these: both
     * must come from proxies that pass on no client's first bytes as they are.
     */
    OPTIONAL,
    /** It must, or it is closed. */
    REQUIRED,
    /** It does not: a preamble is believed from nobody. */
    NEVER
}
