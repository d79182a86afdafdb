package io.portguard.benchmarks.load;

import java.util.Comparator;

/**
 * What a refusal says.
 *
 * @param status the HTTP status
 * @param reason the {@code reason} of the problem+json body; empty if there is none
 */
public record Refusal(int status, String reason) implements Comparable<Refusal> {

    private static final Comparator<Refusal> ORDER =
            Comparator.comparingInt(Refusal::status).thenComparing(Refusal::reason);

    @Override
    public int compareTo(Refusal other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return reason.isEmpty() ? Integer.toString(status) : status + " " + reason;
    }
}
