package io.portguard.storm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StormTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    @Test
    void helpSaysWhatItDoes() {
        assertThat(run("--help")).isZero();

        assertThat(out.toString()).contains("Usage: samples/storm/run", "--seconds=N", "--mix=MIX", "--json=FILE");
    }

    @Test
    void badArgumentsAreToldInASentence() {
        assertThat(run("--seconds", "0")).isEqualTo(2);
        assertThat(run("--seconds", "soon")).isEqualTo(2);
        assertThat(run("--mix", "rain")).isEqualTo(2);
        assertThat(run("--jsn", "x")).isEqualTo(2);

        assertThat(err.toString())
                .contains("storm: --seconds: 0 (expected: 2 to 600)")
                .contains("'soon' is not an int")
                .contains("rain (expected: overload, flood or both)")
                .contains("Unknown options: '--jsn', 'x'");
    }

    @Test
    void aFileThatCannotBeWrittenIsToldBeforeTheRun() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThat(run("--json", file.resolve("report.json").toString())).isEqualTo(2);
        assertThat(run("--html", directory.toString())).isEqualTo(2);

        assertThat(err.toString())
                .contains("--json: " + file.resolve("report.json") + " (expected: a file in a directory")
                .contains("--html: " + directory + " (expected: a file in a directory");
    }

    @Test
    void aServiceThatWasNotBuiltIsMissed() {
        assertThat(run("--html", directory.resolve("storm.html").toString(), "--service", "no.jar"))
                .isEqualTo(1);

        assertThat(err.toString()).contains("storm: there is no no.jar; samples/storm/run builds it");
    }

    private int run(String... arguments) {
        CommandLine command = Storm.commandLine();
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        return command.execute(arguments);
    }
}
