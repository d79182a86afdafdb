package io.portguard.audit;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Writes chained lines to files, a new one each day (UTC) and when one is full, and deletes those that are older than the
 * retention. To be used by one thread at a time. What cannot be written is lost and counted, and writing is tried again after a while, in a
 * new file: a line cut short by a full disk stays where it is, and the chain goes on from the last whole line.
 */
final class AuditTrail {

    private static final System.Logger LOGGER = System.getLogger(AuditTrail.class.getName());
    private static final long RETRY_MILLIS = 5_000;

    /** A process that ends may have no log any more: java.util.logging shuts itself down at the same time. */
    private static final long LOG_HASH_EVERY_MILLIS = 600_000;

    private final String guard;
    private final TrailFiles files;
    private final long maxFileBytes;
    private final Duration retention;

    private final StringBuilder lines = new StringBuilder();
    private @Nullable FileChannel channel;
    private @Nullable Path path;
    private LocalDate day = LocalDate.EPOCH;
    private @Nullable String lastHash;
    private long retryAtMillis;
    private long hashLoggedAtMillis;
    private final LongAdder lost = new LongAdder();

    AuditTrail(Path folder, String guard, long maxFileBytes, Duration retention) {
        this.guard = guard.replaceAll("[^A-Za-z0-9_-]", "_");
        this.files = new TrailFiles(folder, this.guard);
        this.maxFileBytes = maxFileBytes;
        this.retention = retention;
    }

    /** Events that could not be written. */
    long lost() {
        return lost.sum();
    }

    /** Writes events that happened one after the other; returns whether they were written. */
    boolean write(List<AuditEvent> events, long nowMillis) {
        if (nowMillis < retryAtMillis) {
            lost(events);
            return false;
        }
        try {
            FileChannel open = open(nowMillis);
            String hash = lastHash == null ? Chain.BEGINNING : lastHash;
            lines.setLength(0);
            for (AuditEvent event : events) {
                hash = addLine(event, hash, open.position() == 0 && lines.isEmpty());
            }
            ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                open.write(bytes);
            }
            lastHash = hash;
            if (nowMillis - hashLoggedAtMillis >= LOG_HASH_EVERY_MILLIS) {
                hashLoggedAtMillis = nowMillis;
                logHash("has come to", hash);
            }
            return true;
        } catch (IOException | RuntimeException failed) {
            lost(events);
            retryAtMillis = nowMillis + RETRY_MILLIS;
            LOGGER.log(
                    Level.WARNING,
                    () -> "Guard \"" + guard + "\": the audit trail in " + files.folder() + " cannot be written, "
                            + lost + " events are lost so far; tried again in 5 s",
                    failed);
            // Some of the lines may have been written.
            lastHash = null;
            close();
            deleteEmpty();
            return false;
        }
    }

    /** What the trail says of itself it says again. */
    private void lost(List<AuditEvent> events) {
        lost.add(events.stream()
                .filter(event -> !(event instanceof AuditEvent.Trail))
                .count());
    }

    /** Each try on a full disk would leave a file otherwise. */
    private void deleteEmpty() {
        Path failed = path;
        try {
            if (failed != null && Files.exists(failed) && Files.size(failed) == 0) {
                Files.delete(failed);
            }
        } catch (IOException unimportant) {
            LOGGER.log(Level.DEBUG, "deleting an empty audit file failed", unimportant);
        }
    }

    private String addLine(AuditEvent event, String hashBefore, boolean first) {
        int from = lines.length();
        JsonLine line = new JsonLine(lines)
                .text("@timestamp", JsonLine.time(event.epochMillis()))
                .text("ecs.version", "8.17.0")
                .text("event.module", "portguard")
                .text("observer.name", guard)
                .text("observer.type", "connection-guard");
        event.write(line);
        if (first) {
            Chain.begin(lines, hashBefore);
        }
        String hash = Chain.close(lines, from, hashBefore);
        lines.append('\n');
        return hash;
    }

    private FileChannel open(long nowMillis) throws IOException {
        LocalDate today = LocalDate.ofInstant(Instant.ofEpochMilli(nowMillis), ZoneOffset.UTC);
        FileChannel open = channel;
        Path present = path;
        // A file that was deleted or moved away goes on being written otherwise, where nobody will find it.
        boolean gone = present != null && !Files.exists(present);
        if (open != null && !gone && today.equals(day) && open.position() < maxFileBytes) {
            return open;
        }
        close();
        Files.createDirectories(files.folder());
        String before = lastHash == null ? lastHashIn(files.all()) : lastHash;
        files.deleteBefore(today.minusDays(retention.toDays()));
        Path next = files.next(today);
        open = FileChannel.open(next, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        channel = open;
        path = next;
        hashLoggedAtMillis = nowMillis;
        day = today;
        lastHash = before;
        return open;
    }

    /** The hash of the last whole line there is. */
    private static @Nullable String lastHashIn(List<Path> files) throws IOException {
        for (int i = files.size() - 1; i >= 0; i--) {
            String hash = null;
            try (BufferedReader lines = Files.newBufferedReader(files.get(i), StandardCharsets.ISO_8859_1)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    String found = Chain.hashOf(line);
                    hash = found == null ? hash : found;
                }
            }
            if (hash != null) {
                return hash;
            }
        }
        return null;
    }

    private void logHash(String how, String hash) {
        Path present = path;
        LOGGER.log(Level.INFO, () -> "Guard \"" + guard + "\": audit file " + present + " " + how + " " + hash);
    }

    void close() {
        FileChannel open = channel;
        String hash = lastHash;
        channel = null;
        if (open != null) {
            if (hash != null) {
                logHash("ends with", hash);
            }
            try {
                open.close();
            } catch (IOException unimportant) {
                LOGGER.log(Level.DEBUG, "closing an audit file failed", unimportant);
            }
        }
    }
}
