package io.portguard.proc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** A process below {@code /proc}. Immutable; what is read is never kept. */
public final class ProcProcess {

    private static final String SOCKET = "socket:[";

    private final Path directory;
    private final long pid;

    ProcProcess(Path directory, long pid) {
        this.directory = directory;
        this.pid = pid;
    }

    public long pid() {
        return pid;
    }

    /** Whether there is such a process. */
    public boolean exists() {
        return Files.isDirectory(directory);
    }

    /** Its program and arguments; in brackets the mere name of one that shows none. */
    public List<String> command() throws IOException {
        String[] words = text("cmdline").split("\0");
        return words.length > 0 && !words[0].isEmpty()
                ? List.of(words)
                : List.of("[" + text("comm").trim() + "]");
    }

    /** The user it runs as; empty when that is not to be seen. */
    public OptionalLong uid() {
        try {
            return text("status")
                    .lines()
                    .filter(line -> line.startsWith("Uid:"))
                    .map(line -> line.split("\\s+", 3)[1])
                    .mapToLong(Long::parseLong)
                    .findFirst();
        } catch (IOException | RuntimeException unknown) {
            return OptionalLong.empty();
        }
    }

    /**
     * Its open descriptors.
     *
     * @throws java.nio.file.AccessDeniedException when it belongs to somebody else
     */
    public Descriptors descriptors() throws IOException {
        List<Long> sockets = new ArrayList<>();
        int count = 0;
        try (Stream<Path> entries = Files.list(directory.resolve("fd"))) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                count++;
                addSocket(sockets, entry);
            }
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
        return new Descriptors(count, sockets);
    }

    private static void addSocket(List<Long> sockets, Path entry) {
        try {
            String target = Files.readSymbolicLink(entry).toString();
            if (target.startsWith(SOCKET) && target.endsWith("]")) {
                sockets.add(Long.parseLong(target.substring(SOCKET.length(), target.length() - 1)));
            }
        } catch (IOException | RuntimeException closedMeanwhile) {
            // It is none of its sockets any more.
        }
    }

    /** How many descriptors it may have open; empty when that is not to be seen. */
    public OptionalLong maxDescriptors() {
        try {
            return text("limits")
                    .lines()
                    .filter(line -> line.startsWith("Max open files"))
                    .map(line ->
                            line.substring("Max open files".length()).trim().split("\\s+", 2)[0])
                    .mapToLong(soft -> soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft))
                    .findFirst();
        } catch (IOException | RuntimeException unknown) {
            return OptionalLong.empty();
        }
    }

    /** The network namespace it is in, {@code net:[4026531840]} for instance. */
    public String networkNamespace() throws IOException {
        return Files.readSymbolicLink(directory.resolve("ns/net")).toString();
    }

    /** The memory of its control group. */
    public CgroupMemory memory() {
        return CgroupMemory.of(this);
    }

    /**
     * How the processor quota of its control group was kept to.
     *
     * @throws IOException when there is none
     */
    public CgroupCpu cpu() throws IOException {
        return CgroupCpu.of(this);
    }

    /**
     * The share of the last ten seconds in which some task of its control group stood still for want of memory, 0 to 1.
     *
     * @throws IOException when that is not to be seen
     */
    public double memoryStall() throws IOException {
        for (Path group : CgroupVersion.V2.groups(this, "memory")) {
            Path file = group.resolve("memory.pressure");
            if (Files.exists(file)) {
                return someAverage(file);
            }
        }
        throw new IOException("no control group of version 2 with pressure stall information");
    }

    private static double someAverage(Path file) throws IOException {
        String text = Proc.text(file);
        String prefix = "some avg10=";
        if (text.startsWith(prefix) && text.indexOf(' ', prefix.length()) > 0) {
            try {
                return Double.parseDouble(text.substring(prefix.length(), text.indexOf(' ', prefix.length()))) / 100;
            } catch (NumberFormatException garbage) {
                // Told of below.
            }
        }
        throw new ProcFormatException(file.toString(), text, "some avg10=NUMBER and more");
    }

    /** What one of its files holds. */
    String text(String file) throws IOException {
        return Proc.text(directory.resolve(file));
    }

    /**
     * The open descriptors of a process.
     *
     * @param count how many
     * @param sockets the numbers of those that are sockets, see {@link ProcNetTcp#inode()}
     */
    public record Descriptors(int count, List<Long> sockets) {}
}
