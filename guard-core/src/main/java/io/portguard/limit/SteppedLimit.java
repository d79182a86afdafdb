package io.portguard.limit;

/**
 * A limit that is one number, moved by a step with each window: the frame of the algorithms of the literature. Used by
 * one thread at a time.
 */
abstract sealed class SteppedLimit implements Limit permits AimdLimit, GradientLimit, VegasLimit {

    private LimitParameters parameters;
    private double limit;

    SteppedLimit(LimitParameters parameters) {
        this.parameters = parameters;
        this.limit = parameters.initial();
    }

    /** The limit after a window, before it is brought within its bounds. */
    abstract double next(double limit, Window window);

    final double targetDelayNanos() {
        return parameters.targetDelayNanos();
    }

    @Override
    public final Allowance initial() {
        return allowance();
    }

    @Override
    public final Allowance update(Window window) {
        limit = parameters.clamp(next(limit, window));
        return allowance();
    }

    @Override
    public final Allowance reconfigure(LimitParameters changed) {
        parameters = changed;
        limit = parameters.clamp(limit);
        return allowance();
    }

    private Allowance allowance() {
        return Allowance.ofLimit((int) Math.round(limit));
    }
}
