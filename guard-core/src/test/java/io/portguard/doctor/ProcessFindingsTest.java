package io.portguard.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.proc.TcpState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each finding about the process and the kernel, provoked by what a machine would show. */
class ProcessFindingsTest extends SoundMachine {

    @Test
    void descriptorsThatRunOut() {
        tree.limit(PID, "27");
        assertNotFound(diagnose(), "descriptors");
        tree.limit(PID, "26");
        assertFound(diagnose(), "descriptors", Severity.WARNING, "The process has 21 of at most 26 descriptors open.");
        tree.limit(PID, "22");
        assertFound(diagnose(), "descriptors", Severity.CRITICAL, "The process has 21 of at most 22 descriptors open.");
        tree.limit(PID, "unlimited");
        assertNotFound(diagnose(), "descriptors");
    }

    @ParameterizedTest
    @CsvSource({"65534, NOTE", "4096, NOTE", "4095, WARNING"})
    void aLimitOfDescriptorsThatIsLow(String limit, Severity severity) {
        tree.limit(PID, limit);
        assertFound(
                diagnose(),
                "descriptor-limit",
                severity,
                "The process may have " + limit + " descriptors open (advised: 65535 and more).");
    }

    @Test
    void descriptorsThatGrowWithoutConnections() {
        meanwhile = () -> tree.descriptors(PID, 70, SOCKET);
        assertFound(
                diagnose(),
                "descriptor-growth",
                Severity.WARNING,
                "The process opened 50 more descriptors between two looks than its port has new connections; it has"
                        + " 71.");
    }

    @Test
    void descriptorsThatGrowWithConnectionsAreInOrder() {
        meanwhile = () -> tree.descriptors(PID, 70, SOCKET).connections(8080, TcpState.ESTABLISHED, 5, 5_000);
        assertNotFound(diagnose(), "descriptor-growth");
    }

    @Test
    void socketsThatBelongToNoConnection() {
        tree.process(PID, "java", 0, ProcTree.numbers(SOCKET, 100));
        tree.write("net/unix", "Num RefCount Protocol Flags Type St Inode Path\n0: 2 0 0 1 3 " + (SOCKET + 1) + "\n");
        assertNotFound(diagnose(), "leaked-sockets");
        tree.process(PID, "java", 0, ProcTree.numbers(SOCKET, 102));
        assertFound(
                diagnose(),
                "leaked-sockets",
                Severity.WARNING,
                "100 sockets of the process are neither connected nor listening.");
    }

    @Test
    void settingsOfTheKernel() {
        tree.setting("net.ipv4.tcp_syncookies", "0")
                .setting("net.ipv4.tcp_keepalive_time", "7200")
                .setting("net.ipv4.tcp_max_syn_backlog", "128")
                .setting("net.ipv4.tcp_abort_on_overflow", "1");
        Diagnosis diagnosis = diagnose();
        assertFound(
                diagnosis, "syn-cookies-off", Severity.WARNING, "SYN cookies are off (net.ipv4.tcp_syncookies is 0).");
        assertFound(
                diagnosis, "keepalive-time", Severity.NOTE, "Keepalive asks after 7200 s of silence (advised: 60 s).");
        assertFound(
                diagnosis,
                "syn-backlog-small",
                Severity.NOTE,
                "The kernel remembers 128 half-open connections (advised: 1024 and more).");
        assertFound(
                diagnosis,
                "abort-on-overflow",
                Severity.WARNING,
                "Clients that meet a full accept queue are reset (net.ipv4.tcp_abort_on_overflow is 1).");
        assertThat(diagnosis.findings())
                .filteredOn(finding -> finding.control() != null)
                .singleElement()
                .extracting(Finding::control)
                .isEqualTo("CIS Debian Linux Benchmark: Ensure tcp syn cookies is enabled");
    }

    @ParameterizedTest
    @CsvSource({"79, ", "80, WARNING", "95, CRITICAL"})
    void tablesThatRunFull(int used, Severity severity) {
        tree.setting("net.netfilter.nf_conntrack_count", Integer.toString(used))
                .setting("net.netfilter.nf_conntrack_max", "100")
                .setting("fs.file-nr", used + "\t0\t100")
                .setting("net.ipv4.tcp_mem", "1\t2\t100")
                .socketMemory(used);
        Diagnosis diagnosis = diagnose();
        if (severity == null) {
            assertThat(diagnosis.findings()).isEmpty();
            return;
        }
        assertFound(diagnosis, "conntrack", severity, "The firewall follows " + used + " connections of at most 100.");
        assertFound(
                diagnosis,
                "system-descriptors",
                severity,
                "The whole system has " + used + " of at most 100 files open.");
        assertFound(diagnosis, "socket-memory", severity, "TCP uses " + used + " pages of memory of at most 100.");
    }

    @Test
    void memoryThatRunsOut() {
        tree.memory(PID, 1_000, 899, 0);
        assertNotFound(diagnose(), "memory");
        tree.memory(PID, 1_000, 900, 0);
        assertFound(diagnose(), "memory", Severity.WARNING, "The container uses 900 MiB of at most 1000 MiB.");
    }

    @Test
    void aHeapThatDoesNotFit() {
        tree.process(PID, "java -Xmx900m -Xmx901m -jar app.jar", 20, SOCKET).memory(PID, 1_000, 100, 0);
        assertFound(
                diagnose(),
                "heap-limit",
                Severity.WARNING,
                "The heap may grow to 901 MiB; the container may use 1000 MiB for all.");
        tree.write(PID + "/cmdline", "java\0-Xmx1g\0-Xmx512M\0");
        assertNotFound(diagnose(), "heap-limit");
    }

    @Test
    void processesThatWereKilledForWantOfMemory() {
        tree.memory(PID, 1_000, 100, 2);
        assertFound(
                diagnose(),
                "memory-kills",
                Severity.NOTE,
                "The kernel has killed 2 processes of the container for want of memory since it is up.");
        meanwhile = () -> tree.memory(PID, 1_000, 100, 3);
        assertFound(
                diagnose(),
                "memory-kills",
                Severity.CRITICAL,
                "The kernel has just killed 1 processes of the container for want of memory.");
    }
}
