package io.portguard.limit;

/**
 * How many requests may be in progress.
 *
 * @param capacity how many the service works on at once without one waiting for another; those above it queue.
 *     While the service is busy, only what matters more is admitted above it
 * @param ordinary how many may be in progress for a request that is not among those that matter most to be let in,
 *     at least {@code capacity}
 * @param limit how many may be in progress at all, at least {@code ordinary}
 */
public record Allowance(int capacity, int ordinary, int limit) {

    public Allowance {
        if (capacity < 1 || ordinary < capacity || limit < ordinary) {
            throw new IllegalArgumentException("capacity: " + capacity + ", ordinary: " + ordinary + ", limit: " + limit
                    + " (expected: 1 <= capacity <= ordinary <= limit)");
        }
    }

    /** The whole limit for everybody, as far as the grading above the capacity allows. */
    public Allowance(int capacity, int limit) {
        this(capacity, limit, limit);
    }

    /** For an algorithm that knows no capacity of its own: a fifth of the limit is kept for what matters more. */
    static Allowance ofLimit(int limit) {
        return new Allowance(Math.max(1, limit - limit / 5), limit);
    }
}
