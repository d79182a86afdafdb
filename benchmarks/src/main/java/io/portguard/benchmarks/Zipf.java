package io.portguard.benchmarks;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Draws ranks from a Zipf distribution: the k-th most frequent comes with a probability of 1 / k^s. */
final class Zipf {

    private Zipf() {}

    static int[] ranks(int count, double exponent, int draws, SplittableRandom random) {
        double[] cumulated = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += 1 / Math.pow(i + 1, exponent);
            cumulated[i] = sum;
        }
        int[] ranks = new int[draws];
        for (int i = 0; i < draws; i++) {
            int found = Arrays.binarySearch(cumulated, random.nextDouble() * sum);
            ranks[i] = found < 0 ? Math.min(count - 1, -found - 1) : found;
        }
        return ranks;
    }
}
