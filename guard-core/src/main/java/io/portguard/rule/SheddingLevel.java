package io.portguard.rule;

/**
 * Moves the shedding level with the pressure: up in steps in proportion to how far pressure is over its start,
 * down in small ones once it is below, so that the level settles instead of swinging. Not thread-safe.
 */
final class SheddingLevel {

    private static final int LARGEST_STEP = 48;
    private static final int STEP_DOWN = 16;

    private int level;

    /**
     * Moves the level by one step and returns it.
     *
     * @param overload how far pressure is over its start, 0 to 1; see {@code PressureMonitor}
     */
    int next(double overload) {
        int step = overload > 0 ? (int) Math.ceil(LARGEST_STEP * overload) : -STEP_DOWN;
        level = Math.min(Math.max(level + step, 0), SheddingRule.MAX_LEVEL);
        return level;
    }

    void reset() {
        level = 0;
    }
}
