package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of the machine that a test talks to; where it is missing, the test is skipped, loudly. */
final class Tool {

    private final Path program;

    private Tool(Path program) {
        this.program = program;
    }

    static Tool of(String name) {
        Optional<Path> program = Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
        if (program.isEmpty()) {
            System.err.println("** SKIPPED: " + name + " is not installed, so nothing is known of how it is served **");
        }
        assumeTrue(program.isPresent(), name + " is not installed");
        return new Tool(program.get());
    }

    /** Starts it, and has what it says written into a file. */
    Process start(Path log, List<String> arguments) throws IOException {
        return process(arguments).redirectOutput(log.toFile()).start();
    }

    private ProcessBuilder process(List<String> arguments) {
        List<String> command =
                Stream.concat(Stream.of(program.toString()), arguments.stream()).toList();
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    /** Runs it to its end, gives it this input, and returns what it wrote. */
    String run(String input, String... arguments) throws IOException, InterruptedException {
        Process process = process(List.of(arguments)).start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.ISO_8859_1));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(process.waitFor(LoopbackServer.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("%s has ended", program)
                .isTrue();
        return output;
    }
}
