package io.portguard.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A sound machine of our own making, on which process 100 listens on port 8080, and a doctor who looks at it. */
class SoundMachine {

    static final long PID = 100;
    static final long SOCKET = 1_000;

    @TempDir
    Path root;

    ProcTree tree;
    Runnable meanwhile = () -> {};
    Map<Integer, Integer> capacities = Map.of();

    @BeforeEach
    void aSoundMachine() {
        tree = new ProcTree(root).listen(8080, 0, SOCKET).process(PID, "/usr/bin/java -jar /srv/app.jar", 20, SOCKET);
    }

    Diagnosis diagnose(Subject subject) {
        try {
            return new Doctor(tree.proc(), () -> meanwhile.run(), () -> capacities).diagnose(subject);
        } catch (CannotLookException e) {
            throw new AssertionError(e);
        }
    }

    Diagnosis diagnose() {
        return diagnose(Subject.of(Set.of(8080), 0));
    }

    static void assertFound(Diagnosis diagnosis, String id, Severity severity, String seen) {
        assertThat(diagnosis.findings())
                .filteredOn(finding -> finding.id().equals(id))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo(severity);
                    assertThat(finding.seen()).isEqualTo(seen);
                    assertThat(finding.why()).isNotBlank();
                    assertThat(finding.mend()).isNotBlank();
                });
        assertThat(diagnosis.isSound()).isEqualTo(diagnosis.findings().stream().noneMatch(Finding::isTrouble));
        assertThat(diagnosis.text()).contains(severity.name());
    }

    static void assertNotFound(Diagnosis diagnosis, String id) {
        assertThat(diagnosis.findings()).extracting(Finding::id).doesNotContain(id);
    }
}
