package io.portguard.audit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a check of a trail has found. A line that was changed, taken away or put in between breaks the chain, and so does a
 * file that is missing between two others. What the chain cannot show by itself is that its end is missing, or that all of
 * it was written anew: compare the last hash with the one in the log. Nor can it tell whether what came before the oldest
 * file was deleted when its time was over or by somebody: that is a remark.
 *
 * @param files that were checked
 * @param lines whose hash is right
 * @param lastHash of the last line; null when there is none
 * @param breaks where the chain does not hold, as {@code FILE:LINE: what is wrong}
 * @param remarks what is no break and should be known, as {@code FILE:LINE: what it is}
 */
public record TrailCheck(int files, long lines, @Nullable String lastHash, List<String> breaks, List<String> remarks) {

    /** Whether the trail is whole. */
    public boolean isSound() {
        return breaks.isEmpty();
    }

    /**
     * Checks the trail of a guard.
     *
     * @throws IOException when a file cannot be read
     */
    public static TrailCheck of(Path folder, String guard) throws IOException {
        Reading reading = new Reading();
        List<Path> files = new TrailFiles(folder, guard).all();
        for (Path file : files) {
            reading.read(file);
        }
        return new TrailCheck(
                files.size(), reading.good, reading.hash, List.copyOf(reading.breaks), List.copyOf(reading.remarks));
    }

    /** Goes from line to line and from file to file. */
    private static final class Reading {

        private final List<String> breaks = new ArrayList<>();
        private final List<String> remarks = new ArrayList<>();
        private @Nullable String hash;
        private long good;

        void read(Path file) throws IOException {
            try (BufferedReader text = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
                StringBuilder line = new StringBuilder();
                long number = 1;
                for (int c = text.read(); c >= 0; c = text.read()) {
                    if (c == '\n') {
                        check(line.toString(), number == 1, file.getFileName() + ":" + number + ": ");
                        line.setLength(0);
                        number++;
                    } else {
                        line.append((char) c);
                    }
                }
                if (!line.isEmpty()) {
                    remarks.add(file.getFileName() + ":" + number
                            + ": cut short, by a crash, a full disk or somebody; passed over");
                }
            }
        }

        private void check(String line, boolean beginsFile, String where) {
            if (hash == null) {
                hash = beginsFile ? Chain.hashBefore(line) : null;
                if (hash != null && !hash.equals(Chain.BEGINNING)) {
                    remarks.add(where + "goes on from a file that is no longer there: its time was over, or somebody"
                            + " deleted it");
                }
            }
            String found = Chain.hashOf(line);
            if (Chain.holds(line, Objects.requireNonNullElse(hash, Chain.BEGINNING))) {
                good++;
            } else {
                breaks.add(
                        where + (found == null ? "no line of a trail" : "changed, or something before it is missing"));
            }
            hash = found == null ? hash : found;
        }
    }
}
