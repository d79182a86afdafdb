package io.portguard.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.CapturedLog;
import io.portguard.settings.SettingChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of an audit: when a new one begins, and what their chain shows. */
class AuditTrailTest {

    private static final SettingChange CHANGE = new SettingChange("alice", "clients.rate", "unset", "50", 0);

    private final CalendarClock clock = new CalendarClock(Instant.parse("2026-11-25T12:00:00Z"));

    private WrittenTrail trail;

    @BeforeEach
    void begin(@TempDir Path temporary) {
        trail = new WrittenTrail(temporary.resolve("audit"), clock);
    }

    /** A trail of some files and lines. */
    private void writeSome(int changes) {
        Audit audit = trail.audit(1_500);
        for (int i = 0; i < changes; i++) {
            audit.changed(new SettingChange("alice", "clients.rate", "unset", Integer.toString(i), 0));
            audit.drain();
        }
        audit.close();
    }

    @Test
    void aFullFileIsFollowedByANewOneAndTheChainGoesOn() throws IOException {
        writeSome(50);
        assertThat(trail.files()).hasSizeGreaterThan(5);
        assertThat(trail.files().get(0).getFileName()).hasToString("server.2026-11-25.0001.jsonl");
        assertThat(trail.files()).allMatch(file -> file.toFile().length() < 2_500);
        assertThat(trail.check().isSound()).isTrue();
        assertThat(trail.check().lines()).isEqualTo(51);
    }

    @Test
    void anotherDayAndARestartBeginANewFileAndOldOnesAreDeleted() throws IOException {
        Audit audit = trail.audit(1 << 20);
        audit.drain();
        clock.advance(Duration.ofDays(1));
        audit.changed(CHANGE);
        audit.close();
        Audit again = trail.audit(1 << 20);
        again.close();
        assertThat(trail.files())
                .extracting(file -> file.getFileName().toString())
                .containsExactly(
                        "server.2026-11-25.0001.jsonl", "server.2026-11-26.0001.jsonl", "server.2026-11-26.0002.jsonl");
        assertThat(trail.check().isSound()).isTrue();
        Files.writeString(trail.folder().resolve("other.2020-01-01.0001.jsonl"), "not ours\n");
        clock.advance(WrittenTrail.RETENTION);
        trail.audit(1 << 20).close();
        assertThat(trail.files()).hasSize(3);
        assertThat(trail.check().isSound()).isTrue();
        clock.advance(Duration.ofDays(1));
        trail.audit(1 << 20).close();
        assertThat(trail.files()).hasSize(2);
        assertThat(trail.folder().resolve("other.2020-01-01.0001.jsonl")).exists();
    }

    @Test
    void whateverIsChangedTakenAwayOrPutInBetweenIsFound() throws IOException {
        writeSome(30);
        String hash = trail.check().lastHash();
        assertThat(hash).isEqualTo(Chain.hashOf(trail.lines().get(trail.lines().size() - 1)));
        for (Path file : trail.files()) {
            List<String> original = Files.readAllLines(file);
            for (int i = 0; i < original.size(); i++) {
                boolean lastOfAll =
                        file.equals(trail.files().get(trail.files().size() - 1)) && i == original.size() - 1;
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
        Path between = trail.files().get(2);
        Files.delete(between);
        assertThat(trail.check().isSound()).isFalse();
        assertThat(trail.check().breaks().get(0)).contains("something before it is missing");
    }

    @Test
    void aTrailWhoseOldestFilesAreGoneIsSoundAndThatIsTold() throws IOException {
        writeSome(30);
        assertThat(trail.check().remarks()).isEmpty();
        Path oldest = trail.files().get(0);
        Files.delete(oldest);
        assertThat(trail.check().isSound()).isTrue();
        assertThat(trail.check().remarks())
                .singleElement()
                .asString()
                .startsWith(trail.files().get(0).getFileName() + ":1: goes on from a file that is no longer there");
        List<String> changed = Files.readAllLines(trail.files().get(0));
        changed.set(0, changed.get(0).replace("\"alice\"", "\"mallet\""));
        assertFound(trail.files().get(0), changed, true);
    }

    @Test
    void theLogHasTheLastHashOfEachFileThatWasClosedAtTheEndToo() throws IOException {
        List<String> logged = new ArrayList<>();
        try (CapturedLog log = new CapturedLog(AuditTrail.class)) {
            writeSome(30);
            log.records().forEach(record -> logged.add(record.getMessage()));
        }
        List<String> ends = new ArrayList<>();
        for (Path file : trail.files()) {
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
            Audit audit = trail.audit(1 << 20);
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
                    .endsWith(trail.files().get(0) + " has come to "
                            + trail.check().lastHash());
            audit.close();
        }
    }

    private void assertFound(Path file, List<String> lines, boolean found) throws IOException {
        Files.writeString(file, String.join("\n", lines) + (lines.isEmpty() ? "" : "\n"));
        assertThat(trail.check().isSound()).as("%s: %s", file, lines).isEqualTo(!found);
    }

    @Test
    void aLineCutShortIsPassedOverAndTheChainGoesOnFromTheLastWholeOne() throws IOException {
        writeSome(3);
        Path last = trail.files().get(trail.files().size() - 1);
        int number = Files.readAllLines(last).size() + 1;
        Files.writeString(last, Files.readString(last) + "{\"@timestamp\":\"2026");
        writeSome(3);
        assertThat(trail.check().breaks()).isEmpty();
        assertThat(trail.check().remarks())
                .singleElement()
                .asString()
                .startsWith(last.getFileName() + ":" + number + ": cut short");
        assertThat(trail.check().lines()).isEqualTo(8);
    }
}
