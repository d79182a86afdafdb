package io.portguard.pressure;

import io.portguard.proc.CgroupCpu;
import io.portguard.proc.Proc;
import java.io.IOException;
import java.time.Duration;

/**
 * The share of the periods of the processor quota, since it was last asked, in which the process's control group had
 * used up its quota and was made to wait. Absent where there is no quota.
 */
public final class CpuThrottling implements PressureSource {

    private final Proc proc;
    private final long pid;
    private CgroupCpu last = CgroupCpu.NONE;

    public CpuThrottling() {
        this(Proc.ofThisSystem(), ProcessHandle.current().pid());
    }

    CpuThrottling(Proc proc, long pid) {
        this.proc = proc;
        this.pid = pid;
    }

    @Override
    public String name() {
        return "cpu-throttled";
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
        CgroupCpu before = last;
        last = CgroupCpu.NONE;
        CgroupCpu now = proc.process(pid).cpu();
        last = now;
        if (before.equals(CgroupCpu.NONE)) {
            return 0;
        }
        long periods = now.periods() - before.periods();
        return periods <= 0 ? 0 : (double) (now.throttled() - before.throttled()) / periods;
    }
}
