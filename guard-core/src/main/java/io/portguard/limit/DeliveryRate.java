package io.portguard.limit;

import java.util.Arrays;

/**
 * How many requests a service delivers, in requests a nanosecond: over the last few windows, and the highest
 * that this has been for a while. Not thread-safe.
 */
final class DeliveryRate {

    private final long[] completed;
    private final long[] durations;
    private final double[] recent;
    private int windows;
    private int remembered;
    private long completedSum;
    private long durationSum;

    /**
     * @param smoothing over how many windows the present rate is taken
     * @param memory for how many windows the highest rate is remembered
     */
    DeliveryRate(int smoothing, int memory) {
        completed = new long[smoothing];
        durations = new long[smoothing];
        recent = new double[memory];
    }

    void add(long requests, long nanos) {
        int slot = windows++ % completed.length;
        completedSum += requests - completed[slot];
        durationSum += nanos - durations[slot];
        completed[slot] = requests;
        durations[slot] = nanos;
        recent[remembered++ % recent.length] = present();
    }

    /** Over the last few windows; the highest where there has been none. */
    double present() {
        return durationSum == 0 ? highest() : (double) completedSum / durationSum;
    }

    double highest() {
        double highest = 0;
        for (double rate : recent) {
            highest = Math.max(highest, rate);
        }
        return highest;
    }

    /** Forgets what was seen and begins with this rate. */
    void startFrom(double rate) {
        Arrays.fill(completed, 0);
        Arrays.fill(durations, 0);
        completedSum = 0;
        durationSum = 0;
        windows = 0;
        Arrays.fill(recent, 0);
        recent[0] = rate;
        remembered = 1;
    }
}
