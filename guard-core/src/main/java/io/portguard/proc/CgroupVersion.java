package io.portguard.proc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The two versions of control groups, and where the groups of a process are with each. */
enum CgroupVersion {
    V1,
    V2;

    /** The groups that a process is in, innermost first; none when they are not to be seen. */
    List<Path> groups(ProcProcess process, String controller) {
        try {
            List<String> mounts = process.text("mountinfo").lines().toList();
            for (String line : process.text("cgroup").lines().toList()) {
                String[] group = line.split(":", 3);
                if (group.length == 3 && isOf(group, controller)) {
                    List<Path> found = groups(mounts, group[2], controller);
                    if (!found.isEmpty()) {
                        return found;
                    }
                }
            }
        } catch (IOException | RuntimeException unreadable) {
            // Not to be seen, then.
        }
        return List.of();
    }

    /** A line of {@code /proc/PID/cgroup}: hierarchy, controllers, path. */
    private boolean isOf(String[] group, String controller) {
        return this == V2
                ? group[1].isEmpty()
                : List.of(group[1].split(",", -1)).contains(controller);
    }

    /** A line of {@code mountinfo} behind its dash: type of file system, source, options. */
    private boolean isMounted(String[] how, String controller) {
        return this == V2
                ? how[0].equals("cgroup2")
                : how[0].equals("cgroup") && List.of(how[2].split(",", -1)).contains(controller);
    }

    private List<Path> groups(List<String> mounts, String path, String controller) {
        for (String line : mounts) {
            String[] parts = line.split(" - ", 2);
            String[] mount = parts[0].split(" ", -1);
            if (parts.length == 2 && mount.length > 4 && isMounted(parts[1].split(" ", 3), controller)) {
                return upwards(Path.of(mount[4]), below(mount[3], path));
            }
        }
        return List.of();
    }

    /** A container sees its own group as the root of what is mounted, and may be told the path from the host's root. */
    private static String below(String mounted, String path) {
        String relative = path.startsWith(mounted) ? path.substring(mounted.length()) : path;
        return relative.startsWith("/") ? relative.substring(1) : relative;
    }

    private static List<Path> upwards(Path top, String path) {
        Path innermost = top.resolve(path).normalize();
        if (!innermost.startsWith(top) || !Files.isDirectory(innermost)) {
            innermost = top;
        }
        List<Path> groups = new ArrayList<>();
        for (Path each = innermost; each != null && each.startsWith(top); each = each.getParent()) {
            groups.add(each);
        }
        return groups;
    }
}
