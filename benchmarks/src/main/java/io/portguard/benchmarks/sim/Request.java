package io.portguard.benchmarks.sim;

/** One request: everything about it is drawn beforehand, so that every subject and the oracle get the same ones. */
final class Request {

    final long arrivesAt;
    final int mix;
    final int client;
    final double workNanos;
    final double asyncUnit;
    final int retriesLeft;

    Request(long arrivesAt, int mix, int client, double workNanos, double asyncUnit, int retriesLeft) {
        this.arrivesAt = arrivesAt;
        this.mix = mix;
        this.client = client;
        this.workNanos = workNanos;
        this.asyncUnit = asyncUnit;
        this.retriesLeft = retriesLeft;
    }

    Request again(long at) {
        return new Request(at, mix, client, workNanos, asyncUnit, retriesLeft - 1);
    }
}
