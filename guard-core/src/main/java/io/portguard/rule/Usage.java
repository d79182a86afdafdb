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
     * in units of 2^20 ns, a millisecond; that each step is cut off to whole units does not add up, as the steps
     * telescope. What changes within a unit is not brought up to date: the unit counts for what is in progress when
     * somebody looks after its end, which is a sample, and of many short requests as good as a sum.
     */

    private static final int UNIT_BITS = 20;
    private static final double MEMORIES_A_UNIT = (1 << UNIT_BITS) / 2e9;
    private static final double SIXTH = 1 / 6.0;

    private Usage() {}

    static long none(long nowNanos) {
        return pack(0, units(nowNanos));
    }

    /** The average now, when so many have been in progress since the word was made. */
    static double at(long usage, int inProgress, long nowNanos) {
        // The difference is right across the wrap-around of 32 bits of units, up to 26 days.
        int elapsed = units(nowNanos) - (int) usage;
        return elapsed <= 0
                ? value(usage)
                : inProgress + (value(usage) - inProgress) * decay(elapsed * MEMORIES_A_UNIT);
    }

    /** Whether nothing is to be brought up to date yet. */
    static boolean isOfNow(long usage, long nowNanos) {
        return units(nowNanos) - (int) usage <= 0;
    }

    static long accrued(long usage, int inProgress, long nowNanos) {
        return pack((float) at(usage, inProgress, nowNanos), units(nowNanos));
    }

    /** How long ago the word was made; right up to 26 days. */
    static long ageNanos(long usage, long nowNanos) {
        return (long) (units(nowNanos) - (int) usage) << UNIT_BITS;
    }

    /** Close to e^-x and a good deal cheaper. */
    private static double decay(double x) {
        return 1 / (1 + x * (1 + x * (0.5 + x * SIXTH)));
    }

    private static int units(long nanos) {
        return (int) (nanos >> UNIT_BITS);
    }

    /** The average when the word was made. */
    static double value(long usage) {
        return Float.intBitsToFloat((int) (usage >>> 32));
    }

    private static long pack(float value, int units) {
        return ((long) Float.floatToRawIntBits(value) << 32) | (units & 0xffff_ffffL);
    }
}
