package io.portguard.doctor;

import io.portguard.proc.CgroupMemory;
import io.portguard.proc.NetCounters;
import io.portguard.proc.ProcProcess.Descriptors;
import org.jspecify.annotations.Nullable;

/**
 * What was seen at one moment. Immutable.
 *
 * @param sockets of the network namespace
 * @param netstat its counters
 * @param sockstat its sockets and their memory
 * @param descriptors of the process that is examined; null when there is none
 * @param memory of the process's control group; null when there is none
 */
record Look(
        Sockets sockets,
        NetCounters netstat,
        NetCounters sockstat,
        @Nullable Descriptors descriptors,
        @Nullable CgroupMemory memory) {}
