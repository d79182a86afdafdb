package io.portguard.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ServerProcessTest {

    private final Children children = new Children();

    @TempDir
    private Path directory;

    @Test
    void aServiceThatCannotStartIsToldWithTheEndOfItsLog() throws IOException {
        Path log = directory.resolve("service.log");
        Path jar = Files.createFile(directory.resolve("empty.jar"));

        assertThatThrownBy(() -> ServerProcess.start(children, jar, Subject.UNGUARDED, log))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the service ended with exit code 1 as it started; " + log + " ends with:")
                .hasMessageContaining("empty.jar");
    }

    @Test
    void aChildThatIsEndedIsGone() throws IOException {
        Process child = children.start(new ProcessBuilder("sleep", "600"));

        children.end(child);

        assertThat(child.isAlive()).isFalse();
    }
}
