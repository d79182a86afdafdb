package io.portguard.limit;

/**
 * How many requests may be in progress.
 *
 * @param capacity how many the service works on at once without one waiting for another; those above it queue.
 *     While the service is busy, only what matters more is admitted above it
 * @param limit how many may be in progress at all, at least {@code capacity}
 */
public record Allowance(int capacity, int limit) {

    public Allowance {
        if (capacity < 1 || limit < capacity) {
            throw new IllegalArgumentException(
                    "capacity: " + capacity + ", limit: " + limit + " (expected: 1 <= capacity <= limit)");
        }
    }

    /** For an algorithm that knows no capacity of its own: a fifth of the limit is kept for what matters more. */
    static Allowance ofLimit(int limit) {
        return new Allowance(Math.max(1, limit - limit / 5), limit);
    }
}
