package io.portguard.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.proc.TcpState;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each finding about ports and their connections, provoked by what a machine would show. */
class PortFindingsTest extends SoundMachine {

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
        assertThat(diagnosis.text())
                .contains("  also        0.0.0.0:5005, 127.0.0.1:6006 of the same process\n")
                .contains("  control CIS Debian Linux Benchmark: Ensure only approved");
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
}
