package io.portguard.limit;

/**
 * How many requests may be in progress.
 *
 * @param capacity how many the service works on at once without one waiting for another; those above it queue.
 *     While the service is busy, only what matters more is admitted above it
 * @param ordinary how many may be in progress for a request that is not among those that matter most to be let in,
 *     at least {@code capacity}
 * @param limit how many may be in progress at all, at least {@code ordinary}
 * @param onceFull the limit until there is another allowance, once a flood has filled it: 1 to {@code limit}. Less than
 *     that where some of the places are for a burst
 */
public record Allowance(int capacity, int ordinary, int limit, int onceFull) {

    public Allowance {
        if (capacity < 1 || ordinary < capacity || limit < ordinary || onceFull < 1 || onceFull > limit) {
            throw new IllegalArgumentException(
                    "capacity: " + capacity + ", ordinary: " + ordinary + ", limit: " + limit + ", onceFull: "
                            + onceFull + " (expected: 1 <= capacity <= ordinary <= limit, and 1 <= onceFull <= limit)");
        }
    }

    /** The same limit whether it is reached or not. */
    public Allowance(int capacity, int ordinary, int limit) {
        this(capacity, ordinary, limit, limit);
    }

    /** The whole limit for everybody, as far as the grading above the capacity allows. */
    public Allowance(int capacity, int limit) {
        this(capacity, limit, limit);
    }

    /** What there is once the limit was reached. */
    public Allowance whenFull() {
        return new Allowance(Math.min(capacity, onceFull), Math.min(ordinary, onceFull), onceFull);
    }

    /** For an algorithm that knows no capacity of its own: a fifth of the limit is kept for what matters more. */
    static Allowance ofLimit(int limit) {
        return new Allowance(Math.max(1, limit - limit / 5), limit);
    }
}
