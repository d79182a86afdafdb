package io.portguard.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.ManualClock;
import io.portguard.settings.SettingChange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyCommandTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    private int run(String... words) {
        out.reset();
        err.reset();
        return VerifyCommand.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                List.of(words));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private void write(String guard, int changes) {
        Audit audit = new Audit(guard, folder, 1 << 20, Duration.ofDays(180), new ManualClock());
        for (int i = 0; i < changes; i++) {
            audit.changed(new SettingChange("alice", "clients.rate", "unset", Integer.toString(i), 0));
        }
        audit.close();
    }

    private Path fileOf(String guard) throws IOException {
        return new TrailFiles(folder, guard).all().get(0);
    }

    @Test
    void whatIsSoundEndsWith0AndTheLastHashIsTold() throws IOException {
        write("server", 3);
        write("management", 1);
        assertThat(run("verify", folder.toString())).isZero();
        assertThat(out())
                .contains("management: sound, 2 sound lines in 1 files.")
                .contains("server: sound, 4 sound lines in 1 files.")
                .contains(TrailCheck.of(folder, "server").lastHash());
        assertThat(err()).isEmpty();
    }

    @Test
    void whatWasChangedEndsWith1AndFileAndLineAreTold() throws IOException {
        write("server", 3);
        write("management", 1);
        Path file = fileOf("server");
        Files.writeString(file, Files.readString(file).replace("\"portguard.to\":\"1\"", "\"portguard.to\":\"9\""));
        assertThat(run("verify", folder.toString())).isOne();
        assertThat(out()).contains("server: broken").contains("  " + file.getFileName() + ":3: changed");
        assertThat(run("verify", folder.toString(), "--name", "server")).isOne();
        assertThat(out()).doesNotContain("management");
        assertThat(run("verify", folder.toString(), "--name", "management")).isZero();
    }

    @Test
    void whereThereIsNothingToReadItEndsWith2() throws IOException {
        assertThat(run("verify", folder.toString())).isEqualTo(2);
        assertThat(err()).isEqualTo(folder + " has no audit trail.\n");
        assertThat(run("verify", folder.resolve("none").toString())).isEqualTo(2);
        assertThat(err()).contains("is no folder (expected: what guard.audit.folder names).");
        write("server", 1);
        assertThat(run("verify", folder.toString(), "--name", "other")).isEqualTo(2);
        assertThat(err()).isEqualTo(folder + " has no audit trail of \"other\".\n");
        Files.delete(fileOf("server"));
        Files.createDirectory(folder.resolve("server.1970-01-01.0001.jsonl"));
        assertThat(run("verify", folder.toString())).isEqualTo(2);
        assertThat(err()).contains("cannot be read");
        assertThat(out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "verify", "look /tmp", "verify /tmp --name", "verify /tmp --guard x", "verify /a /b"})
    void aWrongCommandLineGetsASentenceAndTheUsage(String line) {
        assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
        assertThat(err()).endsWith("(expected: audit verify FOLDER [--name N])\n" + VerifyCommand.USAGE);
    }

    @Test
    void whoAsksForHelpGetsIt() {
        assertThat(run("--help")).isZero();
        assertThat(out()).isEqualTo(VerifyCommand.USAGE);
    }
}
