package io.portguard.proc;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The {@code /proc} of a Linux system, and the files of it that Portguard reads. Immutable; what is read is never kept.
 *
 * <p>{@code /proc/net} and {@code /proc/sys/net} show the network namespace of whoever looks; {@code /proc/PID/net}
 * that of the process.
 */
public final class Proc {

    private static final int LARGEST_FILE = 1 << 20;

    private final Path root;
    private final Path net;

    private Proc(Path root, Path net) {
        this.root = root;
        this.net = net;
    }

    /** That of this system. */
    public static Proc ofThisSystem() {
        return at(Path.of("/proc"));
    }

    /** One that is mounted, or made up, elsewhere. */
    public static Proc at(Path root) {
        return new Proc(root, root.resolve("net"));
    }

    /** The same, but seeing the network namespace of a process; kernel settings remain those of this process's. */
    public Proc withNetworkOf(long pid) {
        return new Proc(root, root.resolve(pid + "/net"));
    }

    /** The tables of TCP sockets that there are: of IPv4 and, unless the kernel has none, of IPv6. */
    public List<Path> tcpTables() {
        return Stream.of(tcp(), tcp6()).filter(Files::exists).toList();
    }

    /** For {@link ProcNetTcp}: the sockets of IPv4. */
    public Path tcp() {
        return net.resolve("tcp");
    }

    /** For {@link ProcNetTcp}: the sockets of IPv6. */
    public Path tcp6() {
        return net.resolve("tcp6");
    }

    /** {@code TcpExt:} and {@code IpExt:} counters, {@code TcpExt:ListenOverflows} for instance. */
    public NetCounters netstat() throws IOException {
        return NetCounters.ofPairs(text(net.resolve("netstat")));
    }

    /** {@code Ip:}, {@code Tcp:} and {@code Udp:} counters, {@code Tcp:CurrEstab} for instance. */
    public NetCounters snmp() throws IOException {
        return NetCounters.ofPairs(text(net.resolve("snmp")));
    }

    /**
     * Sockets in use and their memory, {@code TCP:inuse}, {@code TCP6:inuse} or {@code TCP:mem} (in pages) for instance. Most
     * sockets of Java are of IPv6, those for addresses of IPv4 as well.
     */
    public NetCounters sockstat() throws IOException {
        String ofIpv4 = text(net.resolve("sockstat"));
        Path ipv6 = net.resolve("sockstat6");
        return NetCounters.ofLines(Files.exists(ipv6) ? ofIpv4 + text(ipv6) : ofIpv4);
    }

    /** The numbers of all sockets of the network namespace that are of another kind than TCP and listed somewhere. */
    public List<Long> otherSocketInodes() throws IOException {
        List<Long> inodes = new ArrayList<>();
        for (String table : List.of("udp", "udp6", "udplite", "udplite6", "raw", "raw6", "icmp", "icmp6")) {
            addColumn(inodes, table, 9);
        }
        addColumn(inodes, "unix", 6);
        addColumn(inodes, "packet", 8);
        addColumn(inodes, "netlink", 9);
        return inodes;
    }

    private void addColumn(List<Long> inodes, String table, int column) throws IOException {
        Path file = net.resolve(table);
        if (!Files.exists(file)) {
            return;
        }
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            String[] columns = line.trim().split("\\s+", column + 2);
            if (columns.length > column && columns[column].matches("[0-9]{1,18}")) {
                inodes.add(Long.parseLong(columns[column]));
            }
        }
    }

    /**
     * The numbers of a kernel setting; none when it is not there or is no number.
     *
     * @param name as {@code sysctl} prints it, {@code net.core.somaxconn} for instance
     */
    public List<Long> settings(String name) {
        List<Long> numbers = new ArrayList<>();
        try {
            for (String word : settingText(name).trim().split("\\s+", -1)) {
                numbers.add(Long.parseLong(word));
            }
            return numbers;
        } catch (IOException | NumberFormatException unknown) {
            return List.of();
        }
    }

    /** The number of a kernel setting that has one; empty when it is not there. See {@link #settings}. */
    public OptionalLong setting(String name) {
        List<Long> numbers = settings(name);
        return numbers.isEmpty() ? OptionalLong.empty() : OptionalLong.of(numbers.get(0));
    }

    /** A kernel setting as it is written. */
    public String settingText(String name) throws IOException {
        return text(root.resolve("sys").resolve(name.replace('.', '/')));
    }

    /** A process, whether it is there or not. */
    public ProcProcess process(long pid) {
        return new ProcProcess(root.resolve(Long.toString(pid)), pid);
    }

    /** The processes that can be seen, lowest number first. */
    public List<ProcProcess> processes() throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.matches("[0-9]{1,18}"))
                    .map(name -> process(Long.parseLong(name)))
                    .sorted(Comparator.comparingLong(ProcProcess::pid))
                    .toList();
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }

    /**
     * What a small file holds. Read with a buffer: {@link Files#readString} reads byte by byte where a file says that it
     * is empty, as those of {@code /proc} do, and below {@code /proc/sys} every read but the first finds the end.
     */
    static String text(Path file) throws IOException {
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            byte[] buffer = new byte[8192];
            int length = 0;
            for (int read = in.read(buffer); read > 0; read = in.read(buffer, length, buffer.length - length)) {
                length += read;
                if (length > LARGEST_FILE) {
                    throw new ProcFormatException(file.toString(), "", "at most a megabyte");
                }
                if (length == buffer.length) {
                    buffer = Arrays.copyOf(buffer, length * 2);
                }
            }
            return new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
        }
    }
}
