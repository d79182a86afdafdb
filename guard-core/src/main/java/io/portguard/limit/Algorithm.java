package io.portguard.limit;

/** The algorithms to choose from. */
public enum Algorithm {
    /** Delivery rate times least latency, found with drain probes; see {@link AdaptiveLimit}. The default. */
    ADAPTIVE,
    /** Always the highest limit. */
    FIXED,
    /** Additive increase, multiplicative decrease on drops and late answers; see {@link AimdLimit}. */
    AIMD,
    /** TCP Vegas: holds the estimated queue between two bounds; see {@link VegasLimit}. */
    VEGAS,
    /** The ratio of long-term to present latency; see {@link GradientLimit}. */
    GRADIENT
}
