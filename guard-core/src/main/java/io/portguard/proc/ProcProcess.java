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
