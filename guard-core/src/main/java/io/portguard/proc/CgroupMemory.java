package io.portguard.proc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

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

    private enum Version {
        V1("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file", "memory.oom_control"),
        V2("memory.max", "memory.current", "inactive_file", "memory.events");

        private final String limit;
        private final String used;
        private final String cache;
        private final String events;

        Version(String limit, String used, String cache, String events) {
            this.limit = limit;
            this.used = used;
            this.cache = cache;
            this.events = events;
        }

        /** A line of {@code /proc/PID/cgroup}: hierarchy, controllers, path. */
        boolean isOf(String[] group) {
            return this == V2
                    ? group[1].isEmpty()
                    : List.of(group[1].split(",", -1)).contains("memory");
        }

        /** A line of {@code mountinfo} behind its dash: type of file system, source, options. */
        boolean isMounted(String[] how) {
            return this == V2
                    ? how[0].equals("cgroup2")
                    : how[0].equals("cgroup") && List.of(how[2].split(",", -1)).contains("memory");
        }
    }

    static CgroupMemory of(ProcProcess process) {
        try {
            List<String> groups = process.text("cgroup").lines().toList();
            List<String> mounts = process.text("mountinfo").lines().toList();
            for (Version version : Version.values()) {
                for (String line : groups) {
                    String[] group = line.split(":", 3);
                    if (group.length == 3 && version.isOf(group)) {
                        CgroupMemory found = find(version, mounts, group[2]);
                        if (found != null) {
                            return found;
                        }
                    }
                }
            }
        } catch (IOException | RuntimeException unreadable) {
            // Cannot be seen, then.
        }
        return UNKNOWN;
    }

    private static @Nullable CgroupMemory find(Version version, List<String> mounts, String path) {
        for (String line : mounts) {
            String[] parts = line.split(" - ", 2);
            String[] mount = parts[0].split(" ", -1);
            if (parts.length == 2 && mount.length > 4 && version.isMounted(parts[1].split(" ", 3))) {
                return lowest(version, Path.of(mount[4]), below(mount[3], path));
            }
        }
        return null;
    }

    /** A container sees its own group as the root of what is mounted, and may be told the path from the host's root. */
    private static String below(String mounted, String path) {
        String relative = path.startsWith(mounted) ? path.substring(mounted.length()) : path;
        return relative.startsWith("/") ? relative.substring(1) : relative;
    }

    private static @Nullable CgroupMemory lowest(Version version, Path top, String path) {
        Path group = top.resolve(path).normalize();
        if (!group.startsWith(top) || !Files.isDirectory(group)) {
            group = top;
        }
        CgroupMemory lowest = null;
        for (Path each = group; each != null && each.startsWith(top); each = each.getParent()) {
            if (Files.exists(each.resolve(version.used))) {
                CgroupMemory memory = read(version, each);
                if (lowest == null || memory.limitOrMax() < lowest.limitOrMax()) {
                    lowest = memory;
                }
            }
        }
        return lowest;
    }

    private long limitOrMax() {
        return limit.orElse(Long.MAX_VALUE);
    }

    private static CgroupMemory read(Version version, Path group) {
        OptionalLong limit = number(group.resolve(version.limit));
        OptionalLong used = number(group.resolve(version.used));
        long cache = named(group.resolve("memory.stat"), version.cache).orElse(0);
        return new CgroupMemory(
                limit.isPresent() && limit.getAsLong() >= NO_LIMIT ? OptionalLong.empty() : limit,
                used.isPresent() ? OptionalLong.of(Math.max(0, used.getAsLong() - cache)) : used,
                named(group.resolve(version.events), "oom_kill"));
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
