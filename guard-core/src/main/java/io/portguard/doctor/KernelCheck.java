package io.portguard.doctor;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** The kernel's settings for TCP, and the tables that run full. Documentation/networking/ip-sysctl.rst. */
final class KernelCheck implements Check {

    private static final long LONG_KEEPALIVE_SECONDS = 300;
    private static final long SMALL_SYN_BACKLOG = 1024;
    private static final double FILLING = 0.8;
    private static final double NEARLY_FULL = 0.95;

    @Override
    public void examine(Evidence evidence, Consumer<Finding> findings) {
        settings(evidence, findings);
        conntrack(evidence, findings);
        socketMemory(evidence, findings);
        systemDescriptors(evidence, findings);
    }

    private static void settings(Evidence evidence, Consumer<Finding> findings) {
        if (is(evidence.setting("net.ipv4.tcp_syncookies"), 0)) {
            findings.accept(Finding.warning(
                            "syn-cookies-off",
                            "SYN cookies are off (net.ipv4.tcp_syncookies is 0).",
                            "A flood of half-open connections keeps everybody out; with cookies the kernel serves those"
                                    + " who answer.",
                            "sysctl -w net.ipv4.tcp_syncookies=1")
                    .answering(Controls.SYN_COOKIES));
        }
        OptionalLong keepalive = evidence.setting("net.ipv4.tcp_keepalive_time");
        if (keepalive.isPresent() && keepalive.getAsLong() > LONG_KEEPALIVE_SECONDS) {
            findings.accept(Finding.note(
                    "keepalive-time",
                    "Keepalive asks after " + keepalive.getAsLong() + " s of silence (advised: 60 s).",
                    "So long does a connection live on whose client is gone, and firewalls forget quiet ones earlier.",
                    "sysctl -w net.ipv4.tcp_keepalive_time=60"));
        }
        OptionalLong synBacklog = evidence.setting("net.ipv4.tcp_max_syn_backlog");
        if (synBacklog.isPresent() && synBacklog.getAsLong() < SMALL_SYN_BACKLOG) {
            findings.accept(Finding.note(
                    "syn-backlog-small",
                    "The kernel remembers " + synBacklog.getAsLong() + " half-open connections (advised: "
                            + SMALL_SYN_BACKLOG + " and more).",
                    "Without SYN cookies more of them are dropped, of good clients too.",
                    "sysctl -w net.ipv4.tcp_max_syn_backlog=4096"));
        }
        if (is(evidence.setting("net.ipv4.tcp_abort_on_overflow"), 1)) {
            findings.accept(Finding.warning(
                    "abort-on-overflow",
                    "Clients that meet a full accept queue are reset (net.ipv4.tcp_abort_on_overflow is 1).",
                    "A short burst becomes errors; otherwise those clients would try again and be served.",
                    "sysctl -w net.ipv4.tcp_abort_on_overflow=0"));
        }
    }

    private static boolean is(OptionalLong setting, long value) {
        return setting.isPresent() && setting.getAsLong() == value;
    }

    private static void conntrack(Evidence evidence, Consumer<Finding> findings) {
        filling(
                evidence.setting("net.netfilter.nf_conntrack_count").orElse(0),
                evidence.setting("net.netfilter.nf_conntrack_max").orElse(0),
                "conntrack",
                "The firewall follows %d connections of at most %d.",
                "When its table is full, packets of new connections are dropped (nf_conntrack: table full).",
                "sysctl -w net.netfilter.nf_conntrack_max=..., or exempt the port from tracking.",
                findings);
    }

    private static void socketMemory(Evidence evidence, Consumer<Finding> findings) {
        List<Long> limits = evidence.settings("net.ipv4.tcp_mem");
        filling(
                evidence.now().sockstat().get("TCP:mem"),
                limits.size() == 3 ? limits.get(2) : 0,
                "socket-memory",
                "TCP uses %d pages of memory of at most %d.",
                "Near the limit the kernel shrinks every connection's buffers, and drops beyond it.",
                "Find connections with full queues (ss -ntm): readers that do not read; raise net.ipv4.tcp_mem.",
                findings);
    }

    private static void systemDescriptors(Evidence evidence, Consumer<Finding> findings) {
        List<Long> files = evidence.settings("fs.file-nr");
        filling(
                files.isEmpty() ? 0 : files.get(0),
                files.size() == 3 ? files.get(2) : 0,
                "system-descriptors",
                "The whole system has %d of at most %d files open.",
                "When none is left, every process fails, whatever its own limit is.",
                "sysctl -w fs.file-max=...; find who has them: ls /proc/*/fd.",
                findings);
    }

    private static void filling(
            long used, long max, String id, String seen, String why, String mend, Consumer<Finding> findings) {
        if (max <= 0 || used < max * FILLING) {
            return;
        }
        String sentence = String.format(Locale.ROOT, seen, used, max);
        findings.accept(
                used >= max * NEARLY_FULL
                        ? Finding.critical(id, sentence, why, mend)
                        : Finding.warning(id, sentence, why, mend));
    }
}
