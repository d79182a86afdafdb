package io.portguard.pressure;

import io.portguard.proc.CgroupMemory;
import io.portguard.proc.Proc;
import java.io.IOException;
import java.time.Duration;

/**
 * How much of the memory of its control group the process and its neighbours in it use, without the file cache that
 * the kernel takes back when it needs it. Absent where the group has no limit.
 */
public final class ContainerMemory implements PressureSource {

    private final Proc proc;
    private final long pid;

    public ContainerMemory() {
        this(Proc.ofThisSystem(), ProcessHandle.current().pid());
    }

    ContainerMemory(Proc proc, long pid) {
        this.proc = proc;
        this.pid = pid;
    }

    @Override
    public String name() {
        return "container-memory";
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Pace pace() {
        return Pace.SLOW;
    }

    @Override
    public double sample(long nowNanos) throws IOException {
        CgroupMemory memory = proc.process(pid).memory();
        if (memory.limit().isEmpty()
                || memory.used().isEmpty()
                || memory.limit().getAsLong() <= 0) {
            throw new IOException("no control group with a memory limit");
        }
        return (double) memory.used().getAsLong() / memory.limit().getAsLong();
    }
}
