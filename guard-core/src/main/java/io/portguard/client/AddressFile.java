package io.portguard.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A file of addresses and networks, one a line, {@code #} beginning a comment; followed while it changes and swapped
 * whole. While it cannot be read as it should, what was read last stays in force. To be followed by one thread at a time.
 */
public final class AddressFile {

    private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_BYTES = 64L << 20;
    private static final int SHOWN = 60;

    private final Path path;
    private final boolean mayBeEmpty;
    private long lookNextAtNanos;
    private @Nullable Version read;
    private @Nullable Version lookedAt;
    private volatile AddressRanges ranges;
    private volatile @Nullable String trouble;

    /** What tells one content of the file from another without reading it. */
    private record Version(
            FileTime modified, long size, @Nullable Object file) {}

    /** The file is not what it should be; the message ends "(expected: …)". */
    public static final class BrokenException extends Exception {

        private static final long serialVersionUID = 1;

        private BrokenException(String message) {
            super(message);
        }
    }

    /**
     * The file as it is now.
     *
     * @param mayBeEmpty false for a list of those who are let in: a file cut short must not open the port to everybody
     * @throws BrokenException when it cannot be read, or is not as it should be
     */
    public AddressFile(Path path, boolean mayBeEmpty, long nowNanos) throws BrokenException {
        this.path = path;
        this.mayBeEmpty = mayBeEmpty;
        this.lookNextAtNanos = nowNanos + LOOK_EVERY_NANOS;
        Version present = version();
        this.ranges = read();
        this.read = present;
        this.lookedAt = present;
    }

    /** What was read last. */
    public AddressRanges ranges() {
        return ranges;
    }

    /** Why the file as it is now is not in force; null when it is. */
    public @Nullable String trouble() {
        return trouble;
    }

    /**
     * Looks after the file, once a second at most; returns whether anything is new: the ranges or the trouble. A file
     * that changed is read when it has been the same for two looks, so that one still being written is not taken for
     * finished.
     */
    public boolean follow(long nowNanos) {
        if (nowNanos - lookNextAtNanos < 0) {
            return false;
        }
        lookNextAtNanos = nowNanos + LOOK_EVERY_NANOS;
        try {
            Version present = version();
            boolean settled = present.equals(lookedAt);
            lookedAt = present;
            if (!settled || present.equals(read)) {
                return false;
            }
            read = present;
            ranges = read();
            trouble = null;
            return true;
        } catch (BrokenException broken) {
            boolean news = !String.valueOf(broken.getMessage()).equals(trouble);
            trouble = broken.getMessage();
            return news;
        }
    }

    private Version version() throws BrokenException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new Version(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (IOException unreadable) {
            throw unreadable(unreadable);
        }
    }

    private AddressRanges read() throws BrokenException {
        List<AddressRange> found = new ArrayList<>();
        try {
            if (!Files.isRegularFile(path)) {
                throw new BrokenException(path + " (expected: a file, no folder, pipe or device)");
            }
            if (Files.size(path) > MAX_BYTES) {
                throw new BrokenException(path + " (expected: at most " + MAX_BYTES + " bytes)");
            }
            int number = 0;
            for (String line : new String(Files.readAllBytes(path), StandardCharsets.UTF_8).split("\\R", -1)) {
                number++;
                int comment = line.indexOf('#');
                String text = (comment < 0 ? line : line.substring(0, comment)).trim();
                if (!text.isEmpty()) {
                    Optional<AddressRange> range = AddressRange.parse(text);
                    if (range.isEmpty()) {
                        throw new BrokenException(path + ", line " + number + ": " + shown(text)
                                + " (expected: an address or a network such as 10.0.0.0/8 or 2001:db8::/32)");
                    }
                    found.add(range.get());
                }
            }
        } catch (IOException unreadable) {
            throw unreadable(unreadable);
        }
        if (found.isEmpty() && !mayBeEmpty) {
            throw new BrokenException(path + ": empty (expected: at least one address or network)");
        }
        return new AddressRanges(found);
    }

    /** When it can be read again, its permissions have changed perhaps and nothing that shows from outside. */
    private BrokenException unreadable(IOException why) {
        read = null;
        String what = why instanceof NoSuchFileException ? "no such file" : why.toString();
        return new BrokenException(path + ": " + what + " (expected: a file that can be read)");
    }

    /** Whoever writes the file shall not write the log. */
    private static String shown(String text) {
        String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() <= SHOWN ? plain : plain.substring(0, SHOWN) + "…";
    }
}
