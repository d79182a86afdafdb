package io.portguard.proc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How the processor quota of a process's control group was kept to, version 2 or 1, since the group is there; as it was
 * when it was read, immutable. Of the groups that the process is in, it is the one that was made to wait most often.
 *
 * @param periods in which the group has run; 0 when it has no quota
 * @param throttled how many of them it was made to wait in
 */
public record CgroupCpu(long periods, long throttled) {

    /** No quota. */
    public static final CgroupCpu NONE = new CgroupCpu(0, 0);

    static CgroupCpu of(ProcProcess process) throws IOException {
        CgroupCpu most = NONE;
        for (CgroupVersion version : CgroupVersion.values()) {
            for (Path group : version.groups(process, "cpu")) {
                Path file = group.resolve("cpu.stat");
                if (Files.exists(file)) {
                    String text = Proc.text(file);
                    CgroupCpu read = new CgroupCpu(number(text, "nr_periods"), number(text, "nr_throttled"));
                    most = read.periods > 0 && read.throttled >= most.throttled ? read : most;
                }
            }
        }
        if (most.periods == 0) {
            throw new IOException("no control group with a processor quota");
        }
        return most;
    }

    private static long number(String text, String name) {
        for (String line : text.split("\n", -1)) {
            if (line.startsWith(name + " ")) {
                try {
                    return Long.parseLong(line.substring(name.length() + 1).trim());
                } catch (NumberFormatException garbage) {
                    return 0;
                }
            }
        }
        return 0;
    }
}
