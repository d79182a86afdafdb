package io.portguard.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.proc.Proc;
import io.portguard.proc.TcpState;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each finding, provoked by what a machine would show. */
class DoctorTest {

    private static final long PID = 100;
    private static final long SOCKET = 1_000;

    @TempDir
    private Path root;

    private ProcTree tree;
    private Runnable meanwhile = () -> {};
    private Map<Integer, Integer> capacities = Map.of();

    /** Process 100 listens on port 8080. */
    @BeforeEach
    void aSoundMachine() {
        tree = new ProcTree(root).listen(8080, 0, SOCKET).process(PID, "/usr/bin/java -jar /srv/app.jar", 20, SOCKET);
    }

    private Diagnosis diagnose(Subject subject) {
        try {
            return new Doctor(tree.proc(), () -> meanwhile.run(), () -> capacities).diagnose(subject);
        } catch (CannotLookException e) {
            throw new AssertionError(e);
        }
    }

    private Diagnosis diagnose() {
        return diagnose(Subject.of(Set.of(8080), 0));
    }

    private static void assertFound(Diagnosis diagnosis, String id, Severity severity, String seen) {
        assertThat(diagnosis.findings())
                .filteredOn(finding -> finding.id().equals(id))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo(severity);
                    assertThat(finding.seen()).isEqualTo(seen);
                    assertThat(finding.why()).isNotBlank();
                    assertThat(finding.mend()).isNotBlank();
                });
        assertThat(diagnosis.isSound()).isEqualTo(diagnosis.findings().stream().noneMatch(Finding::isTrouble));
        assertThat(diagnosis.text()).contains(severity.name());
    }

    private static void assertNotFound(Diagnosis diagnosis, String id) {
        assertThat(diagnosis.findings()).extracting(Finding::id).doesNotContain(id);
    }

    @Test
    void ofASoundMachineThereIsNothingToSay() {
        Diagnosis diagnosis = diagnose();
        assertThat(diagnosis.findings()).isEmpty();
        assertThat(diagnosis.unseen()).isEmpty();
        assertThat(diagnosis.text()).isEqualTo("""
                Port 8080: sound.

                State
                  listening   0.0.0.0:8080 process 100 (java -jar app.jar, user 7); accept queue
                              0
                  connections none
                  overflows   0 between two looks, 0 since the network is up (all ports)
                  descriptors 21 of 65536
                  kernel      somaxconn 4096, tcp_max_syn_backlog 4096, tcp_syncookies 1,
                              tcp_keepalive_time 60
                """);
    }

    @Test
    void withoutAPortEverythingIsExamined() {
        tree.listen(22, 0, 1).connections(22, TcpState.ESTABLISHED, 3, 50);
        String text = diagnose(Subject.of(Set.of(), 0)).text();
        assertThat(text).startsWith("Every port: ").contains("0.0.0.0:22 ", "0.0.0.0:8080 ", "3 established");
        assertThat(text).contains("who listens on 0.0.0.0:22: no process here does");
    }

    @Test
    void ofAProcessItsOwnPortsAreExamined() {
        tree.listen(22, 0, 1).connections(22, TcpState.ESTABLISHED, 3, 50);
        String text = diagnose(Subject.of(Set.of(), PID)).text();
        assertThat(text)
                .startsWith("Process 100: sound")
                .contains("0.0.0.0:8080 ")
                .doesNotContain("0.0.0.0:22 ");
    }

    @Test
    void aPortThatNobodyHas() {
        Diagnosis diagnosis = diagnose(Subject.of(Set.of(9090), 0));
        assertFound(diagnosis, "not-listening", Severity.NOTE, "Nobody listens on port 9090.");
        assertThat(diagnosis.isSound()).isTrue();
        assertFound(
                diagnose(Subject.of(Set.of(9090), PID)),
                "not-listening",
                Severity.WARNING,
                "Process 100 does not listen on port 9090, and nobody else does.");
    }

    @Test
    void aPortThatAnotherProcessHas() {
        tree.process(200, "/usr/bin/python3 -m http.server", 3);
        assertFound(
                diagnose(Subject.of(Set.of(8080), 200)),
                "port-taken",
                Severity.CRITICAL,
                "Port 8080 is taken: 0.0.0.0:8080 process 100 (java -jar app.jar, user 7).");
    }

    @Test
    void aPortOfSeveralProcesses() {
        tree.process(200, "/usr/bin/worker", 3, SOCKET);
        assertFound(
                diagnose(),
                "shared-port",
                Severity.NOTE,
                "2 processes listen on port 8080: 0.0.0.0:8080 process 100 (java -jar app.jar, user 7), process 200"
                        + " (worker, user 7).");
        assertThat(diagnose().unseen()).hasSize(1);
        assertNotFound(diagnose(Subject.of(Set.of(8080), PID)), "port-taken");
    }

    @Test
    void aPortThatNobodyDeclared() {
        tree.listen(5005, 0, 7).listenOnLoopback(6006, 8).descriptors(PID, 20, SOCKET, 7L, 8L);
        Diagnosis diagnosis = diagnose(Subject.of(Set.of(8080), PID));
        assertFound(
                diagnosis,
                "undeclared-listener",
                Severity.WARNING,
                "The process also listens on 0.0.0.0:5005, which nobody declared.");
        assertThat(diagnosis.text()).contains("  control CIS Debian Linux Benchmark: Ensure only approved");
        assertFound(
                diagnose(Subject.of(Set.of(8080, 5005), PID)),
                "undeclared-listener",
                Severity.NOTE,
                "The process also listens on 127.0.0.1:6006, which nobody declared; only this machine reaches it.");
        assertNotFound(diagnose(Subject.of(Set.of(8080, 5005, 6006), PID)), "undeclared-listener");
        assertNotFound(diagnose(Subject.of(Set.of(), PID)), "undeclared-listener");
    }

    @Test
    void anAcceptQueueThatFills() {
        capacities = Map.of(8080, 100);
        tree.listen(8080, 49, SOCKET);
        assertNotFound(diagnose(), "backlog-filling");
        tree.listen(8080, 1, SOCKET);
        assertFound(
                diagnose(),
                "backlog-filling",
                Severity.WARNING,
                "50 connections wait to be accepted on port 8080; the queue holds 100.");
        tree.listen(8080, 51, SOCKET);
        assertFound(
                diagnose(),
                "backlog-full",
                Severity.CRITICAL,
                "The accept queue of port 8080 is full: 101 connections wait, it holds 100.");
    }

    @Test
    void anAcceptQueueOfUnknownSizeThatStands() {
        meanwhile = () -> tree.listen(8080, 60, SOCKET);
        assertNotFound(diagnose(), "backlog-filling");
        meanwhile = () -> {};
        assertFound(
                diagnose(), "backlog-filling", Severity.WARNING, "60 connections wait to be accepted on port 8080.");
    }

    @Test
    void anAcceptQueueThatIsSmall() {
        capacities = Map.of(8080, 100);
        assertFound(
                diagnose(),
                "backlog-small",
                Severity.NOTE,
                "The accept queue of port 8080 holds 100 connections; the kernel allows 4096.");
        tree.setting("net.core.somaxconn", "100");
        assertNotFound(diagnose(), "backlog-small");
        assertFound(
                diagnose(), "somaxconn-low", Severity.WARNING, "No accept queue may hold more than 100 connections.");
    }

    @Test
    void acceptQueuesThatOverflow() {
        tree.counter("ListenOverflows", 5);
        assertFound(
                diagnose(),
                "backlog-overflowed",
                Severity.NOTE,
                "Accept queues overflowed 5 times since the network is up, none of it just now.");
        meanwhile = () -> tree.counter("ListenOverflows", 12);
        assertFound(
                diagnose(),
                "backlog-overflowing",
                Severity.CRITICAL,
                "Accept queues overflow right now: 7 times between two looks, 12 since the network is up.");
    }

    @ParameterizedTest
    @CsvSource({"4096, 0, 2048", "65536, 0, 5000", "4096, 100, 50"})
    void halfOpenConnections(String synBacklog, int capacity, int much) {
        capacities = capacity > 0 ? Map.of(8080, capacity) : Map.of();
        tree.setting("net.ipv4.tcp_max_syn_backlog", synBacklog);
        tree.connections(8080, TcpState.SYN_RECEIVED, much - 1, 0);
        assertNotFound(diagnose(), "half-open");
        tree.connections(8080, TcpState.SYN_RECEIVED, 1, 0);
        assertFound(
                diagnose(),
                "half-open",
                Severity.WARNING,
                much + " connections of port 8080 are half open (from " + much + " it is much).");
    }

    @Test
    void roomForHalfOpenConnectionsThatIsUsedUp() {
        tree.counter("SyncookiesSent", 100);
        assertNotFound(diagnose(), "half-open-overflowing");
        meanwhile = () -> tree.counter("SyncookiesSent", 140).counter("TCPReqQFullDrop", 2);
        assertFound(
                diagnose(),
                "half-open-overflowing",
                Severity.WARNING,
                "The room for half-open connections is used up right now: 40 SYN cookies sent and 2 requests dropped"
                        + " between two looks.");
    }

    @Test
    void connectionsThatTheProcessDoesNotClose() {
        tree.connections(8080, TcpState.CLOSE_WAIT, 99, 5_000);
        tree.descriptors(PID, 0, ProcTree.numbers(5_000, 150));
        tree.link(PID + "/fd/999", "socket:[" + SOCKET + "]");
        assertNotFound(diagnose(), "close-wait");
        meanwhile = () -> tree.connections(8080, TcpState.CLOSE_WAIT, 1, 5_099);
        assertNotFound(diagnose(), "close-wait");
        meanwhile = () -> {};
        assertFound(diagnose(), "close-wait", Severity.WARNING, "100 connections are in CLOSE_WAIT.");
        tree.limit(PID, "200");
        assertFound(
                diagnose(),
                "close-wait",
                Severity.CRITICAL,
                "100 connections are in CLOSE_WAIT, half of the 200 descriptors there may be.");
    }

    @Test
    void connectionsThatTheServiceClosesFirst() {
        tree.connections(8080, TcpState.TIME_WAIT, 1_000, 0).connections(8080, TcpState.ESTABLISHED, 201, 5_000);
        assertNotFound(diagnose(), "time-wait");
        tree.connections(8080, TcpState.TIME_WAIT, 5, 0);
        assertFound(
                diagnose(),
                "time-wait",
                Severity.NOTE,
                "1005 connections of port 8080 are in TIME_WAIT, 201 are established.");
        tree.setting("net.ipv4.tcp_max_tw_buckets", "2000");
        assertFound(
                diagnose(),
                "time-wait",
                Severity.WARNING,
                "1005 connections of port 8080 are in TIME_WAIT, of 2000 that the kernel keeps.");
    }

    @Test
    void aClientWithMostOfTheConnections() {
        tree.connections(8080, TcpState.ESTABLISHED, 199, 5_000, 1, true);
        assertNotFound(diagnose(), "one-client");
        tree.connections(8080, TcpState.ESTABLISHED, 1, 6_000, 1, true);
        tree.connections(8080, TcpState.ESTABLISHED, 200, 7_000, 2, true);
        tree.connections(8080, TcpState.ESTABLISHED, 1, 8_000, 2, true);
        assertFound(
                diagnose(), "one-client", Severity.NOTE, "201 of the 401 connections of port 8080 come from 10.0.0.2.");
        tree.connections(8080, TcpState.ESTABLISHED, 5, 9_000, 3, true);
        assertNotFound(diagnose(), "one-client");
    }

    @Test
    void quietConnectionsWithoutKeepalive() {
        tree.connections(8080, TcpState.ESTABLISHED, 5, 5_000, 1, true);
        tree.connections(8080, TcpState.ESTABLISHED, 4, 6_000, 1, false);
        assertNotFound(diagnose(), "no-keepalive");
        tree.connections(8080, TcpState.ESTABLISHED, 1, 7_000, 1, false);
        assertFound(
                diagnose(),
                "no-keepalive",
                Severity.NOTE,
                "5 of 10 quiet connections of port 8080 have no keepalive timer.");
    }

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
    void aPortInTheRangeOfOutgoingConnections() {
        tree.listen(40_000, 0, SOCKET);
        assertFound(
                diagnose(Subject.of(Set.of(40_000), 0)),
                "ephemeral-overlap",
                Severity.WARNING,
                "Port 40000 is in the range that outgoing connections take their ports from (32768 to 60999).");
        assertFound(
                diagnose(Subject.of(Set.of(), 0)),
                "ephemeral-overlap",
                Severity.NOTE,
                "Port 40000 is in the range that outgoing connections take their ports from (32768 to 60999).");
        tree.setting("net.ipv4.ip_local_reserved_ports", "1,39990-40010,50000");
        assertNotFound(diagnose(Subject.of(Set.of(40_000), 0)), "ephemeral-overlap");
        tree.setting("net.ipv4.ip_local_reserved_ports", "1,40001-40010,garbage");
        assertThat(diagnose(Subject.of(Set.of(40_000, 40_001, 50_000), 0))
                        .findings()
                        .get(0)
                        .mend())
                .contains("ip_local_reserved_ports=40000,50000 (");
    }

    @Test
    void portsOfOutgoingConnectionsThatRunOut() {
        tree.setting("net.ipv4.ip_local_port_range", "32768\t33767").outgoing(TcpState.TIME_WAIT, 799);
        assertNotFound(diagnose(), "ephemeral-exhaustion");
        tree.outgoing(TcpState.ESTABLISHED, 1);
        assertFound(
                diagnose(),
                "ephemeral-exhaustion",
                Severity.WARNING,
                "800 of 1000 ports for outgoing connections are used by those to 10.0.0.2 port 5432.");
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

    @Test
    void theWorstComesFirst() {
        tree.setting("net.ipv4.tcp_keepalive_time", "7200")
                .setting("net.ipv4.tcp_syncookies", "0")
                .limit(PID, "21");
        assertThat(diagnose().findings()).extracting(Finding::severity).isSorted();
        assertThat(diagnose().text()).startsWith("Port 8080: 1 critical, 2 warnings, 1 note.\n\nCRITICAL  ");
    }

    @Test
    void aProcessInAnotherNetworkNamespaceIsSeenThroughItsOwnTables() {
        long self = ProcessHandle.current().pid();
        tree.link(self + "/ns/net", "net:[1]").link(PID + "/ns/net", "net:[2]");
        tree.write(PID + "/net/tcp", """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1000 1 x
                """);
        tree.setting("net.core.somaxconn", "10");
        Diagnosis diagnosis = diagnose(Subject.of(Set.of(80), PID));
        assertThat(diagnosis.findings()).isEmpty();
        assertThat(diagnosis.unseen()).singleElement().asString().contains("nsenter -t 100 -n");
        assertThat(diagnosis.text()).contains("0.0.0.0:80 process 100").doesNotContain("somaxconn");
    }

    @Test
    void whoeverIsNotAllowedToLookSaysSo() {
        tree.listen(22, 0, 1).write("300/cmdline", "sshd\0");
        Diagnosis diagnosis = diagnose(Subject.of(Set.of(22), 0));
        assertThat(diagnosis.isSound()).isTrue();
        assertThat(diagnosis.unseen())
                .containsExactly(
                        "who listens on 0.0.0.0:22: processes of other users (1) cannot be looked into. Run the"
                                + " doctor as root.");
        assertThat(diagnosis.text()).contains("somebody who cannot be seen (user 0)");
    }

    @Test
    void ofAPortTheHoldersAreNamed() throws CannotLookException {
        Doctor doctor = new Doctor(tree.proc(), () -> {}, Map::of);
        assertThat(doctor.holdersOf(8080)).containsExactly("0.0.0.0:8080 process 100 (java -jar app.jar, user 7)");
        assertThat(doctor.holdersOf(8081)).isEmpty();
    }

    @Test
    void whatCannotBeLookedAtIsSaidInASentence() {
        Doctor doctor = new Doctor(tree.proc(), () -> {}, Map::of);
        assertThatThrownBy(() -> doctor.diagnose(Subject.of(Set.of(8080), 4_000_000)))
                .isInstanceOf(CannotLookException.class)
                .hasMessage("There is no process 4000000.");
        tree.write("300/cmdline", "java\0-jar\0x.jar\0").write("300/status", "Uid:\t9\t9\t9\t9\n");
        assertThatThrownBy(() -> doctor.diagnose(Subject.of(Set.of(8080), 300)))
                .isInstanceOf(CannotLookException.class)
                .hasMessage(
                        "The process 300 (java -jar x.jar, user 9) cannot be looked into (expected: a process of the"
                                + " same user, or root).");
        Doctor lost = new Doctor(Proc.at(root.resolve("none")), () -> {}, Map::of);
        assertThatThrownBy(() -> lost.diagnose(Subject.of(Set.of(8080), 0)))
                .isInstanceOf(CannotLookException.class)
                .hasMessage("There is no " + root.resolve("none/net/tcp") + " (expected: Linux, with /proc mounted).");
        tree.write("net/tcp", "sl\n0: \u0007\u00ff\n");
        assertThatThrownBy(() -> doctor.diagnose(Subject.of(Set.of(8080), 0)))
                .isInstanceOf(CannotLookException.class)
                .hasMessageContaining("net/tcp, line 2: \"0: \" (expected: ");
    }
}
