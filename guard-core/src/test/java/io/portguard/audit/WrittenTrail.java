package io.portguard.audit;

import io.portguard.NanoClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The trail of a guard called "server": audits that write it, and what they have written. */
record WrittenTrail(Path folder, NanoClock clock) {

    static final Duration RETENTION = Duration.ofDays(180);

    Audit audit(long maxFileBytes) {
        return new Audit("server", folder, maxFileBytes, RETENTION, clock);
    }

    List<Path> files() throws IOException {
        return new TrailFiles(folder, "server").all();
    }

    List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files()) {
            lines.addAll(Files.readAllLines(file, StandardCharsets.US_ASCII));
        }
        return lines;
    }

    TrailCheck check() throws IOException {
        return TrailCheck.of(folder, "server");
    }
}
