package io.portguard.doctor;

import io.portguard.proc.CgroupMemory;
import io.portguard.proc.ProcProcess;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The memory that the process's control group may use: what is left of it, and whether the heap fits. */
final class MemoryCheck implements Check {

    private static final double NEARLY_ALL = 0.9;
    private static final Pattern MAX_HEAP = Pattern.compile("-Xmx([0-9]{1,12})([kKmMgGtT]?)");

    @Override
    public void examine(Evidence evidence, Consumer<Finding> findings) {
        CgroupMemory before = evidence.before().memory();
        CgroupMemory now = evidence.now().memory();
        ProcProcess process = evidence.process();
        if (before == null || now == null || process == null) {
            return;
        }
        kills(before.kills().orElse(0), now.kills().orElse(0), findings);
        if (now.limit().isEmpty()) {
            return;
        }
        long limit = now.limit().getAsLong();
        if (now.used().orElse(0) >= limit * NEARLY_ALL) {
            findings.accept(Finding.warning(
                    "memory",
                    "The container uses " + mebibytes(now.used().orElse(0)) + " of at most " + mebibytes(limit) + ".",
                    "Beyond the limit the kernel kills a process in it, without a word in its log.",
                    "Raise the limit, or lower the heap (-XX:MaxRAMPercentage=75) and direct memory"
                            + " (-XX:MaxDirectMemorySize)."));
        }
        OptionalLong heap = maxHeap(process);
        if (heap.isPresent() && heap.getAsLong() > limit * NEARLY_ALL) {
            findings.accept(Finding.warning(
                    "heap-limit",
                    "The heap may grow to " + mebibytes(heap.getAsLong()) + "; the container may use "
                            + mebibytes(limit) + " for all.",
                    "Threads, buffers, code and the collector need memory beside the heap: the kernel kills the process"
                            + " before the collector ever sees a full heap.",
                    "-XX:MaxRAMPercentage=75 instead of -Xmx, or a higher limit."));
        }
    }

    private static void kills(long before, long now, Consumer<Finding> findings) {
        if (now > before) {
            findings.accept(Finding.critical(
                    "memory-kills",
                    "The kernel has just killed " + (now - before) + " processes of the container for want of memory.",
                    "Requests in progress are lost with each.",
                    "Raise the limit, or lower what the processes use."));
        } else if (now > 0) {
            findings.accept(Finding.note(
                    "memory-kills",
                    "The kernel has killed " + now + " processes of the container for want of memory since it is up.",
                    "Requests in progress were lost with each.",
                    "Raise the limit, or lower what the processes use: dmesg | grep -i oom"));
        }
    }

    private static OptionalLong maxHeap(ProcProcess process) {
        if (process.pid() == ProcessHandle.current().pid()) {
            return OptionalLong.of(Runtime.getRuntime().maxMemory());
        }
        try {
            return process.command().stream()
                    .map(MAX_HEAP::matcher)
                    .filter(Matcher::matches)
                    .mapToLong(match -> Long.parseLong(match.group(1)) * unit(match.group(2)))
                    .reduce((earlier, later) -> later);
        } catch (IOException unreadable) {
            return OptionalLong.empty();
        }
    }

    private static long unit(String letter) {
        return switch (letter) {
            case "k", "K" -> 1L << 10;
            case "m", "M" -> 1L << 20;
            case "g", "G" -> 1L << 30;
            case "t", "T" -> 1L << 40;
            default -> 1;
        };
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
