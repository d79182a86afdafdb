package io.portguard.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.proc.Proc;
import io.portguard.proc.TcpState;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a doctor looks at, and what is said when that cannot be. */
class DoctorTest extends SoundMachine {

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
