package io.portguard.benchmarks.sim;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Times that are drawn at random, in nanoseconds. */
@FunctionalInterface
interface Distribution {

    double sample(SplittableRandom random);

    static Distribution constant(double millis) {
        return random -> millis * 1e6;
    }

    static Distribution exponential(double meanMillis) {
        return random -> -Math.log(1 - random.nextDouble()) * meanMillis * 1e6;
    }

    /** Log-normal with this mean; sigma 0.5 is mild, 1 wide. */
    static Distribution logNormal(double meanMillis, double sigma) {
        double mu = Math.log(meanMillis * 1e6) - sigma * sigma / 2;
        return random -> Math.exp(mu + sigma * random.nextGaussian());
    }

    static Distribution bimodal(double shortMillis, double longMillis, double longPart) {
        return random -> (random.nextDouble() < longPart ? longMillis : shortMillis) * 1e6;
    }

    /** Pareto: heavy-tailed, cut off at a hundred times its mean. */
    static Distribution pareto(double meanMillis, double shape) {
        double scale = meanMillis * 1e6 * (shape - 1) / shape;
        return random -> Math.min(scale / Math.pow(1 - random.nextDouble(), 1 / shape), meanMillis * 1e8);
    }

    /** The quantile of a sample of ten thousand, drawn from a seed of its own. */
    default double quantile(double part) {
        SplittableRandom random = new SplittableRandom(42);
        double[] samples = new double[10_000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = sample(random);
        }
        Arrays.sort(samples);
        return samples[(int) Math.min(samples.length - 1L, Math.round(part * samples.length))];
    }

    default double mean() {
        SplittableRandom random = new SplittableRandom(42);
        double sum = 0;
        for (int i = 0; i < 100_000; i++) {
            sum += sample(random);
        }
        return sum / 100_000;
    }
}
