package io.portguard.proc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The memory of a process's control group, version 2 or 1, as it was when it was read; immutable. Of the groups that
 * the process is in, it is the one with the lowest limit.
 *
 * <p>Files: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst of the kernel.
 *
 * @param limit bytes that it may use; empty when there is no limit or it cannot be seen
 * @param used bytes that it uses, without the inactive part of its file cache, which the kernel takes back when it
 *     needs it; empty when that cannot be seen
 * @param kills how often a process of the group was killed for want of memory; empty when that cannot be seen
 */
public record CgroupMemory(OptionalLong limit, OptionalLong used, OptionalLong kills) {

    private static final CgroupMemory UNKNOWN =
            new CgroupMemory(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

    /** Version 1 says "no limit" with the largest number of whole pages. */
    private static final long NO_LIMIT = Long.MAX_VALUE - (1 << 20);

    private enum Names {
        V1("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file", "memory.oom_control"),
        V2("memory.max", "memory.current", "inactive_file", "memory.events");

        private final String limit;
        private final String used;
        private final String cache;
        private final String events;

        Names(String limit, String used, String cache, String events) {
            this.limit = limit;
            this.used = used;
            this.cache = cache;
            this.events = events;
        }
    }

    static CgroupMemory of(ProcProcess process) {
        for (CgroupVersion version : CgroupVersion.values()) {
            Names names = version == CgroupVersion.V1 ? Names.V1 : Names.V2;
            CgroupMemory lowest = null;
            for (Path group : version.groups(process, "memory")) {
                if (Files.exists(group.resolve(names.used))) {
                    CgroupMemory memory = read(names, group);
                    if (lowest == null || memory.limitOrMax() < lowest.limitOrMax()) {
                        lowest = memory;
                    }
                }
            }
            if (lowest != null) {
                return lowest;
            }
        }
        return UNKNOWN;
    }

    private long limitOrMax() {
        return limit.orElse(Long.MAX_VALUE);
    }

    private static CgroupMemory read(Names names, Path group) {
        OptionalLong limit = number(group.resolve(names.limit));
        OptionalLong used = number(group.resolve(names.used));
        long cache = named(group.resolve("memory.stat"), names.cache).orElse(0);
        return new CgroupMemory(
                limit.isPresent() && limit.getAsLong() >= NO_LIMIT ? OptionalLong.empty() : limit,
                used.isPresent() ? OptionalLong.of(Math.max(0, used.getAsLong() - cache)) : used,
                named(group.resolve(names.events), "oom_kill"));
    }

    private static OptionalLong number(Path file) {
        try {
            return OptionalLong.of(Long.parseLong(Proc.text(file).trim()));
        } catch (IOException | NumberFormatException none) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong named(Path file, String name) {
        try {
            return Proc.text(file)
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToLong(line ->
                            Long.parseLong(line.substring(name.length() + 1).trim()))
                    .findFirst();
        } catch (IOException | NumberFormatException none) {
            return OptionalLong.empty();
        }
    }
}
