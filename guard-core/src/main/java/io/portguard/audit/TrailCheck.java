package io.portguard.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a check of a trail has found. A line that was changed, taken away or put in between breaks the chain, and so does a
 * file that is missing between two others. What the chain cannot show by itself is that its end is missing, or that all of
 * it was written anew: compare the last hash with the one in the log.
 *
 * @param files that were checked
 * @param lines whose hash is right
 * @param lastHash of the last line; null when there is none
 * @param breaks where the chain does not hold, as {@code FILE:LINE: what is wrong}
 */
public record TrailCheck(int files, long lines, @Nullable String lastHash, List<String> breaks) {

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
        List<Path> files = new TrailFiles(folder, guard).all();
        List<String> breaks = new ArrayList<>();
        String hash = null;
        long good = 0;
        for (Path file : files) {
            String[] lines = Files.readString(file, StandardCharsets.ISO_8859_1).split("\n", -1);
            // What follows the last line break was cut short, by a full disk or a crash; nobody relies on it.
            for (int i = 0; i < lines.length - 1; i++) {
                // The oldest file that is left need not be the first there was.
                boolean first = hash == null;
                String before = hash == null ? Chain.BEGINNING : hash;
                String found = Chain.hashOf(lines[i]);
                boolean holds = Chain.holds(lines[i], before) || (first && i == 0 && found != null);
                if (holds) {
                    good++;
                } else {
                    breaks.add(file.getFileName() + ":" + (i + 1) + ": "
                            + (found == null ? "no line of a trail" : "changed, or something before it is missing"));
                }
                hash = found == null ? hash : found;
            }
        }
        return new TrailCheck(files.size(), good, hash, List.copyOf(breaks));
    }
}
