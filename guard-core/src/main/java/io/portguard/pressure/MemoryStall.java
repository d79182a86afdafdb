package io.portguard.pressure;

import io.portguard.proc.Proc;
import java.io.IOException;
import java.time.Duration;

/**
 * The share of the last ten seconds in which tasks of the process's control group stood still for want of memory
 * (pressure stall information, Documentation/accounting/psi.rst of the kernel). Control groups of version 2.
 */
public final class MemoryStall implements PressureSource {

    private final Proc proc;
    private final long pid;

    public MemoryStall() {
        this(Proc.ofThisSystem(), ProcessHandle.current().pid());
    }

    MemoryStall(Proc proc, long pid) {
        this.proc = proc;
        this.pid = pid;
    }

    @Override
    public String name() {
        return "memory-stall";
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(2);
    }

    @Override
    public Pace pace() {
        return Pace.SLOW;
    }

    @Override
    public double sample(long nowNanos) throws IOException {
        return proc.process(pid).memoryStall();
    }
}
