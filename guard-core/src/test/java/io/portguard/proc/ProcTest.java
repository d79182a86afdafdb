package io.portguard.proc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ProcTest {

    private static final String NETSTAT = """
            TcpExt: SyncookiesSent ListenOverflows ListenDrops
            TcpExt: 1 17 18
            IpExt: InOctets
            IpExt: 9
            """;

    @TempDir
    private Path root;

    private Path write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text, StandardCharsets.ISO_8859_1);
    }

    private Proc proc() {
        return Proc.at(root);
    }

    @Test
    void countersAreFoundByTheirNames() throws IOException {
        write("net/netstat", NETSTAT);
        write("net/sockstat", "sockets: used 20\nTCP: inuse 1 orphan 0 tw 18000 alloc 1 mem 7\n");
        assertThat(proc().netstat().get("TcpExt:ListenOverflows")).isEqualTo(17);
        assertThat(proc().netstat().get("IpExt:InOctets")).isEqualTo(9);
        assertThat(proc().netstat().get("TcpExt:InOctets")).isEqualTo(-1);
        assertThat(proc().sockstat().get("TCP:mem")).isEqualTo(7);
        assertThat(proc().sockstat().get("TCP:tw")).isEqualTo(18_000);
        assertThatThrownBy(() -> proc().snmp()).isInstanceOf(IOException.class);
    }

    @Test
    void aCounterGrowsSinceAnEarlierReading() {
        NetCounters before = NetCounters.ofPairs("A: X Y\nA: 5 9\n");
        NetCounters after = NetCounters.ofPairs("A: X Y Z\nA: 8 9 4\n");
        assertThat(after.since(before, "A:X")).isEqualTo(3);
        assertThat(after.since(before, "A:Y")).isZero();
        assertThat(after.since(before, "A:Z")).isZero();
        assertThat(after.since(before, "A:none")).isZero();
        assertThat(before.since(after, "A:X")).isZero();
    }

    @Test
    void whatIsNotInTheFormatIsNoCounter() {
        for (String text :
                List.of("", "\n\n", "TcpExt: A\n", "TcpExt: A\nIpExt: 1\n", "A: X\nA: x\n", "A: X\nA: 1e9\n")) {
            assertThat(NetCounters.ofPairs(text).get("A:X")).isEqualTo(-1);
            assertThat(NetCounters.ofLines(text).get("A:X")).isEqualTo(-1);
        }
    }

    @Test
    void aKernelSettingHasOneNumberOrSeveralOrIsNotThere() throws IOException {
        write("sys/net/core/somaxconn", "4096\n");
        write("sys/net/ipv4/ip_local_port_range", "32768\t60999\n");
        write("sys/net/ipv4/garbage", "yes\n");
        write("sys/net/ipv4/empty", "");
        assertThat(proc().setting("net.core.somaxconn")).hasValue(4096);
        assertThat(proc().settings("net.ipv4.ip_local_port_range")).containsExactly(32_768L, 60_999L);
        assertThat(proc().setting("net.ipv4.garbage")).isEmpty();
        assertThat(proc().setting("net.ipv4.empty")).isEmpty();
        assertThat(proc().setting("net.ipv4.missing")).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void ofThisSystemAllIsThere() throws IOException {
        Proc proc = Proc.ofThisSystem();
        assertThat(proc.tcpTables()).isNotEmpty();
        assertThat(proc.setting("net.core.somaxconn")).isPresent();
        assertThat(proc.netstat().get("TcpExt:ListenOverflows")).isNotNegative();
        assertThat(proc.snmp().get("Tcp:CurrEstab")).isNotNegative();
        assertThat(proc.sockstat().get("TCP:inuse")).isNotNegative();
        assertThat(proc.processes())
                .extracting(ProcProcess::pid)
                .contains(ProcessHandle.current().pid());
        assertThat(proc.otherSocketInodes()).isNotEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void ofThisProcessTheKernelSaysWhatTheVirtualMachineSays() throws IOException {
        ProcProcess self = Proc.ofThisSystem().process(ProcessHandle.current().pid());
        UnixOperatingSystemMXBean unix = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        assertThat(self.exists()).isTrue();
        assertThat(self.maxDescriptors()).hasValue(unix.getMaxFileDescriptorCount());
        assertThat(self.command().get(0)).endsWith("java");
        assertThat(self.networkNamespace()).startsWith("net:[");
        assertThat(self.uid()).isPresent();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(self.descriptors().sockets()).contains(inodeOf(server.getLocalPort()));
            assertThat(self.descriptors().count()).isPositive();
        }
        ProcProcess dead = Proc.ofThisSystem().process(999_999_999L);
        assertThat(dead.exists()).isFalse();
        assertThat(dead.maxDescriptors()).isEmpty();
        assertThat(dead.uid()).isEmpty();
        assertThatThrownBy(dead::descriptors).isInstanceOf(IOException.class);
        assertThatThrownBy(dead::command).isInstanceOf(IOException.class);
    }

    private static long inodeOf(int port) throws IOException {
        for (Path table : Proc.ofThisSystem().tcpTables()) {
            try (ProcNetTcp sockets = ProcNetTcp.listening(table)) {
                while (sockets.next()) {
                    if (sockets.localPort() == port) {
                        return sockets.inode();
                    }
                }
            }
        }
        throw new AssertionError("Nobody listens on " + port);
    }

    private void process(String cgroup, String mountinfo) throws IOException {
        write("7/cgroup", cgroup);
        write("7/mountinfo", mountinfo);
    }

    private CgroupMemory memory() {
        return proc().process(7).memory();
    }

    @Test
    void ofControlGroupsTheLowestLimitCounts() throws IOException {
        Path top = root.resolve("cgroup");
        process("0::/a/b\n", "1 2 0:1 / " + top + " rw - cgroup2 cgroup2 rw\n");
        write("cgroup/a/memory.max", "1000\n");
        write("cgroup/a/memory.current", "900\n");
        write("cgroup/a/memory.stat", "anon 500\ninactive_file 300\n");
        write("cgroup/a/memory.events", "low 0\noom 4\noom_kill 2\n");
        write("cgroup/a/b/memory.max", "max\n");
        write("cgroup/a/b/memory.current", "800\n");
        assertThat(memory())
                .isEqualTo(new CgroupMemory(OptionalLong.of(1_000), OptionalLong.of(600), OptionalLong.of(2)));
        write("cgroup/a/b/memory.max", "850\n");
        assertThat(memory())
                .isEqualTo(new CgroupMemory(OptionalLong.of(850), OptionalLong.of(800), OptionalLong.empty()));
    }

    @Test
    void aContainerSeesItsOwnGroupAsTheRoot() throws IOException {
        process("0::/\n", "1 2 0:1 / " + root.resolve("cgroup") + " rw - cgroup2 cgroup rw\n");
        write("cgroup/memory.max", "1000\n");
        write("cgroup/memory.current", "900\n");
        assertThat(memory().limit()).hasValue(1_000);
        process("0::/pods/x\n", "1 2 0:1 /pods/x " + root.resolve("cgroup") + " rw - cgroup2 cgroup rw\n");
        assertThat(memory().limit()).hasValue(1_000);
        process("0::/../../elsewhere\n", "1 2 0:1 / " + root.resolve("cgroup") + " rw - cgroup2 cgroup rw\n");
        assertThat(memory().limit()).hasValue(1_000);
    }

    @Test
    void controlGroupsOfVersion1AreReadToo() throws IOException {
        process(
                "9:name=systemd:/\n4:memory,hugetlb:/x\n0::/\n",
                "1 2 0:1 / " + root.resolve("v2") + " rw - cgroup2 cgroup2 rw\n1 2 0:1 / " + root.resolve("v1")
                        + " rw shared:3 - cgroup cgroup rw,memory\n");
        write("v2/cgroup.procs", "");
        write("v1/x/memory.limit_in_bytes", "5000\n");
        write("v1/x/memory.usage_in_bytes", "4000\n");
        write("v1/x/memory.stat", "inactive_file 1\ntotal_inactive_file 1000\n");
        write("v1/x/memory.oom_control", "under_oom 0\noom_kill 3\n");
        assertThat(memory())
                .isEqualTo(new CgroupMemory(OptionalLong.of(5_000), OptionalLong.of(3_000), OptionalLong.of(3)));
        write("v1/x/memory.limit_in_bytes", "9223372036854771712\n");
        assertThat(memory().limit()).isEmpty();
    }

    @Test
    void whatProcessesShowMayBeAnything() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<String> files = List.of(
                "7/cgroup",
                "7/mountinfo",
                "7/status",
                "7/limits",
                "7/cmdline",
                "net/netstat",
                "net/sockstat",
                "net/unix",
                "net/udp",
                "sys/net/core/somaxconn");
        List<String> words = new ArrayList<>(List.of(
                "Uid:",
                "Max open files",
                "0::/",
                "memory",
                " - cgroup2 a b",
                "unlimited",
                "\n",
                "\0",
                " ",
                "12",
                "-1",
                "99999999999999999999",
                "TCP:",
                "/",
                "..",
                "\u00ff",
                ":"));
        write("7/comm", "java\n");
        for (int round = 0; round < 500; round++) {
            for (String file : files) {
                StringBuilder text = new StringBuilder();
                for (int i = random.nextInt(12); i > 0; i--) {
                    text.append(words.get(random.nextInt(words.size())));
                }
                write(file, text.toString());
            }
            ProcProcess process = proc().process(7);
            assertThat(process.memory()).as("seed %s", seed).isNotNull();
            assertThat(process.command()).as("seed %s", seed).isNotEmpty();
            process.uid();
            process.maxDescriptors();
            proc().netstat().get("TCP:inuse");
            proc().sockstat().get("TCP:inuse");
            proc().setting("net.core.somaxconn");
            proc().otherSocketInodes();
        }
    }
}
