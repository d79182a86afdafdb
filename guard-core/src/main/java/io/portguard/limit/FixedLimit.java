package io.portguard.limit;

/** Always the highest limit, whatever is measured. */
final class FixedLimit implements Limit {

    private Allowance allowance;

    FixedLimit(LimitParameters parameters) {
        allowance = Allowance.ofLimit(parameters.max());
    }

    @Override
    public Allowance initial() {
        return allowance;
    }

    @Override
    public Allowance update(Window window) {
        return allowance;
    }

    @Override
    public Allowance reconfigure(LimitParameters parameters) {
        allowance = Allowance.ofLimit(parameters.max());
        return allowance;
    }
}
