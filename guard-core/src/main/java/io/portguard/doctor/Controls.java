package io.portguard.doctor;

/*
 * By name and without number: the numbers of a benchmark's recommendations change from one version and distribution to
 * the next, the names hardly do.
 */

/** The controls of benchmarks that findings answer. */
final class Controls {

    static final String SYN_COOKIES = "CIS Debian Linux Benchmark: Ensure tcp syn cookies is enabled";

    static final String LISTENERS = "CIS Debian Linux Benchmark: Ensure only approved services are listening on a"
            + " network interface; MLPS level 3 (GB/T 22239-2019), intrusion prevention: close system services, default"
            + " shares and high-risk ports that are not needed";

    private Controls() {}
}
