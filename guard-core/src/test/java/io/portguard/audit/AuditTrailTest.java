package io.portguard.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.CapturedLog;
import io.portguard.settings.SettingChange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of an audit: when a new one begins, and what their chain shows. */
class AuditTrailTest {

    private static final SettingChange CHANGE = new SettingChange("alice", "clients.rate", "unset", "50", 0);

    private static final Duration RETENTION = Duration.ofDays(180);

    private final CalendarClock clock = new CalendarClock(Instant.parse("2026-11-25T12:00:00Z"));

    @TempDir
    private Path temporary;

    private Path folder() {
        return temporary.resolve("audit");
    }

    private Audit audit(long maxFileBytes) {
        return new Audit("server", folder(), maxFileBytes, RETENTION, clock);
    }

    private List<Path> files() throws IOException {
        return new TrailFiles(folder(), "server").all();
    }

    private List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files()) {
            lines.addAll(Files.readAllLines(file, StandardCharsets.US_ASCII));
        }
        return lines;
    }

    private TrailCheck check() throws IOException {
        return TrailCheck.of(folder(), "server");
    }

    /** A trail of some files and lines. */
    private void writeSome(int changes) {
        Audit audit = audit(1_500);
        for (int i = 0; i < changes; i++) {
            audit.changed(new SettingChange("alice", "clients.rate", "unset", Integer.toString(i), 0));
            audit.drain();
        }
        audit.close();
    }

    @Test
    void aFullFileIsFollowedByANewOneAndTheChainGoesOn() throws IOException {
        writeSome(50);
        assertThat(files()).hasSizeGreaterThan(5);
        assertThat(files().get(0).getFileName()).hasToString("server.2026-11-25.0001.jsonl");
        assertThat(files()).allMatch(file -> file.toFile().length() < 2_500);
        assertThat(check().isSound()).isTrue();
        assertThat(check().lines()).isEqualTo(51);
    }

    @Test
    void anotherDayAndARestartBeginANewFileAndOldOnesAreDeleted() throws IOException {
        Audit audit = audit(1 << 20);
        audit.drain();
        clock.advance(Duration.ofDays(1));
        audit.changed(CHANGE);
        audit.close();
        Audit again = audit(1 << 20);
        again.close();
        assertThat(files())
                .extracting(file -> file.getFileName().toString())
                .containsExactly(
                        "server.2026-11-25.0001.jsonl", "server.2026-11-26.0001.jsonl", "server.2026-11-26.0002.jsonl");
        assertThat(check().isSound()).isTrue();
        Files.writeString(folder().resolve("other.2020-01-01.0001.jsonl"), "not ours\n");
        clock.advance(RETENTION);
        audit(1 << 20).close();
        assertThat(files()).hasSize(3);
        assertThat(check().isSound()).isTrue();
        clock.advance(Duration.ofDays(1));
        audit(1 << 20).close();
        assertThat(files()).hasSize(2);
        assertThat(folder().resolve("other.2020-01-01.0001.jsonl")).exists();
    }

    @Test
    void whateverIsChangedTakenAwayOrPutInBetweenIsFound() throws IOException {
        writeSome(30);
        String hash = check().lastHash();
        assertThat(hash).isEqualTo(Chain.hashOf(lines().get(lines().size() - 1)));
        for (Path file : files()) {
            List<String> original = Files.readAllLines(file);
            for (int i = 0; i < original.size(); i++) {
                boolean lastOfAll = file.equals(files().get(files().size() - 1)) && i == original.size() - 1;
                List<String> changed = new ArrayList<>(original);
                changed.set(i, original.get(i).replace("\"portguard\"", "\"portguarD\""));
                assertFound(file, changed, true);
                List<String> missing = new ArrayList<>(original);
                missing.remove(i);
                // Only the last hash, which is in the log too, shows that the end is missing.
                assertFound(file, missing, !lastOfAll);
                List<String> twice = new ArrayList<>(original);
                twice.add(i, original.get(i));
                assertFound(file, twice, true);
            }
            Files.write(file, original);
        }
        Path between = files().get(2);
        Files.delete(between);
        assertThat(check().isSound()).isFalse();
        assertThat(check().breaks().get(0)).contains("something before it is missing");
    }

    @Test
    void aTrailWhoseOldestFilesAreGoneIsSoundAndThatIsTold() throws IOException {
        writeSome(30);
        assertThat(check().remarks()).isEmpty();
        Path oldest = files().get(0);
        Files.delete(oldest);
        assertThat(check().isSound()).isTrue();
        assertThat(check().remarks())
                .singleElement()
                .asString()
                .startsWith(files().get(0).getFileName() + ":1: goes on from a file that is no longer there");
        List<String> changed = Files.readAllLines(files().get(0));
        changed.set(0, changed.get(0).replace("\"alice\"", "\"mallet\""));
        assertFound(files().get(0), changed, true);
    }

    @Test
    void theLogHasTheLastHashOfEachFileThatWasClosedAtTheEndToo() throws IOException {
        List<String> logged = new ArrayList<>();
        try (CapturedLog log = new CapturedLog(AuditTrail.class)) {
            writeSome(30);
            log.records().forEach(record -> logged.add(record.getMessage()));
        }
        List<String> ends = new ArrayList<>();
        for (Path file : files()) {
            List<String> lines = Files.readAllLines(file);
            ends.add(file + " ends with " + Chain.hashOf(lines.get(lines.size() - 1)));
        }
        assertThat(logged).hasSameSizeAs(ends);
        for (int i = 0; i < ends.size(); i++) {
            assertThat(logged.get(i)).endsWith(ends.get(i));
        }
    }

    @Test
    void theLogHasTheHashEveryTenMinutesInWhichSomethingWasWritten() throws IOException {
        try (CapturedLog log = new CapturedLog(AuditTrail.class)) {
            Audit audit = audit(1 << 20);
            audit.drain();
            clock.advance(Duration.ofMinutes(9));
            audit.changed(CHANGE);
            audit.drain();
            assertThat(log.records()).isEmpty();
            clock.advance(Duration.ofMinutes(1));
            audit.drain();
            assertThat(log.records()).as("nothing to say").isEmpty();
            audit.changed(CHANGE);
            audit.drain();
            assertThat(log.records()).hasSize(1);
            assertThat(log.records().get(0).getMessage())
                    .endsWith(files().get(0) + " has come to " + check().lastHash());
            audit.close();
        }
    }

    private void assertFound(Path file, List<String> lines, boolean found) throws IOException {
        Files.writeString(file, String.join("\n", lines) + (lines.isEmpty() ? "" : "\n"));
        assertThat(check().isSound()).as("%s: %s", file, lines).isEqualTo(!found);
    }

    @Test
    void aLineCutShortIsPassedOverAndTheChainGoesOnFromTheLastWholeOne() throws IOException {
        writeSome(3);
        Path last = files().get(files().size() - 1);
        int number = Files.readAllLines(last).size() + 1;
        Files.writeString(last, Files.readString(last) + "{\"@timestamp\":\"2026");
        writeSome(3);
        assertThat(check().breaks()).isEmpty();
        assertThat(check().remarks())
                .singleElement()
                .asString()
                .startsWith(last.getFileName() + ":" + number + ": cut short");
        assertThat(check().lines()).isEqualTo(8);
    }
}
