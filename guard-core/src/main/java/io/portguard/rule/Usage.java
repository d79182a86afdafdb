package io.portguard.rule;

/**
 * How much of a service a client has used lately, packed in one word: its requests in progress, averaged over
 * time with a memory of two seconds. A hundred requests of 10 ms count like one of a second, and one that has
 * not ended counts for as long as it has lasted.
 */
final class Usage {

    /*
     * The word holds the average in its upper half and the time it is of in its lower one. Between two changes
     * of the number in progress the average runs towards that number, u' = n + (u - n) * e^(-t / memory), so it
     * is enough to bring it up to date whenever the number is about to change, or when it is read. The time is
     * in units of 2^16 ns; that each step is cut off to whole units does not add up, as the steps telescope.
     */

    private static final int UNIT_BITS = 16;
    private static final double MEMORY_UNITS = 2e9 / (1 << UNIT_BITS);

    private Usage() {}

    static long none(long nowNanos) {
        return pack(0, units(nowNanos));
    }

    /** The average now, when so many have been in progress since the word was made. */
    static double at(long usage, int inProgress, long nowNanos) {
        // The difference is right across the wrap-around of 32 bits of units, up to 39 hours.
        int elapsed = units(nowNanos) - (int) usage;
        return elapsed <= 0 ? value(usage) : inProgress + (value(usage) - inProgress) * decay(elapsed / MEMORY_UNITS);
    }

    static long accrued(long usage, int inProgress, long nowNanos) {
        return pack((float) at(usage, inProgress, nowNanos), units(nowNanos));
    }

    /** How long ago the word was made; right up to 39 hours. */
    static long ageNanos(long usage, long nowNanos) {
        return (long) (units(nowNanos) - (int) usage) << UNIT_BITS;
    }

    /** Close to e^-x and a good deal cheaper. */
    private static double decay(double x) {
        return 1 / (1 + x * (1 + x * (0.5 + x / 6)));
    }

    private static int units(long nanos) {
        return (int) (nanos >> UNIT_BITS);
    }

    private static double value(long usage) {
        return Float.intBitsToFloat((int) (usage >>> 32));
    }

    private static long pack(float value, int units) {
        return ((long) Float.floatToRawIntBits(value) << 32) | (units & 0xffff_ffffL);
    }
}
