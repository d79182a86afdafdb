package io.portguard.benchmarks.load;

/**
 * One of the paths that a group's requests go to.
 *
 * @param tag what the results of this path are counted under, such as {@code critical}
 * @param path the request's target, such as {@code /job}
 * @param weight its part of the group's requests, relative to the weights of the group's other targets
 */
public record Target(String tag, String path, double weight) {

    public Target {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path: " + path + " (expected: to begin with /)");
        }
        if (!(weight > 0)) {
            throw new IllegalArgumentException("weight of " + path + ": " + weight + " (expected: > 0)");
        }
    }
}
