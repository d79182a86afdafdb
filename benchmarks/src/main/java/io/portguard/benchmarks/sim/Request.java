package io.portguard.benchmarks.sim;

/** One request: everything about it is drawn beforehand, so that every subject and the oracle get the same ones. */
final class Request {

    final long arrivesAt;
    final int mix;
    final int client;
    final double workNanos;
    final double asyncUnit;
    final int retriesLeft;
    final boolean isFirstTry;
    /** What the next request of a client in a closed loop is drawn from. */
    final long script;

    Request(long arrivesAt, int mix, int client, double workNanos, double asyncUnit, int retries, long script) {
        this(arrivesAt, mix, client, workNanos, asyncUnit, retries, true, script);
    }

    private Request(
            long arrivesAt,
            int mix,
            int client,
            double workNanos,
            double asyncUnit,
            int retriesLeft,
            boolean isFirstTry,
            long script) {
        this.arrivesAt = arrivesAt;
        this.mix = mix;
        this.client = client;
        this.workNanos = workNanos;
        this.asyncUnit = asyncUnit;
        this.retriesLeft = retriesLeft;
        this.isFirstTry = isFirstTry;
        this.script = script;
    }

    Request again(long at) {
        return new Request(at, mix, client, workNanos, asyncUnit, retriesLeft - 1, false, script);
    }

    /** One number for the client among those of all groups. */
    long clientNumber() {
        return ((long) mix << 32) | client;
    }
}
