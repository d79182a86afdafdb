package io.portguard.standard;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.pressure.NetworkNamespace;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FullDiskTest {

    @TempDir
    private Path folder;

    @Test
    void aFullDiskCostsTheAuditEventsAndNoRequestAnything() throws Exception {
        NetworkNamespace.assumePossible();
        String disk = "mount -t tmpfs -o size=256k tmpfs '" + folder + "'";
        try (NetworkNamespace namespace = NetworkNamespace.run(disk, FullDiskScenario.class, folder.toString())) {
            assertThat(namespace.report())
                    .containsEntry("full", "true")
                    .containsEntry("lossTold", "true")
                    .containsEntry("wrongDecisions", "0")
                    .containsEntry("faults", "0")
                    .containsEntry("active", "0")
                    .containsEntry("sound", "true");
        }
    }
}
