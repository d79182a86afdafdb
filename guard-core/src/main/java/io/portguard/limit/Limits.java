package io.portguard.limit;

/** Makes limits. */
public final class Limits {

    private Limits() {}

    /** A limit by this algorithm, new and with nothing learned. */
    public static Limit of(Algorithm algorithm, LimitParameters parameters) {
        return switch (algorithm) {
            case ADAPTIVE -> new AdaptiveLimit(parameters);
            case FIXED -> new FixedLimit(parameters);
            case AIMD -> new AimdLimit(parameters);
            case VEGAS -> new VegasLimit(parameters);
            case GRADIENT -> new GradientLimit(parameters);
        };
    }
}
