package io.portguard.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.proc.TcpState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.ObjectMapper;

/** Whatever is in {@code /proc}, a diagnosis or a sentence comes of it. */
class DoctorFuzzTest {

    @TempDir
    private Path root;

    @Test
    void whateverIsInProcADiagnosisOrASentenceComesOfIt() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ProcTree tree = new ProcTree(root)
                .listen(8080, 3, 1_000)
                .connections(8080, TcpState.ESTABLISHED, 30, 5_000)
                .connections(8080, TcpState.CLOSE_WAIT, 3, 6_000)
                .setting("net.netfilter.nf_conntrack_max", "100")
                .setting("net.netfilter.nf_conntrack_count", "10")
                .process(100, "java -Xmx1g -jar app.jar", 5, 1_000L, 5_000L)
                .memory(100, 1_000, 10, 1);
        Doctor doctor = new Doctor(tree.proc(), () -> {}, Map::of);
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> {
                    for (int round = 0; round < 1_500; round++) {
                        Path file = files.get(random.nextInt(files.size()));
                        byte[] sound = Files.readAllBytes(file);
                        Files.write(file, mutated(sound, random));
                        diagnose(
                                doctor,
                                Subject.of(random.nextBoolean() ? Set.of(8080) : Set.of(), random.nextInt(2) * 100L));
                        Files.write(file, sound);
                    }
                },
                "seed " + seed);
    }

    private static void diagnose(Doctor doctor, Subject subject) {
        try {
            Diagnosis diagnosis = doctor.diagnose(subject);
            assertThat(diagnosis.text()).matches("(?s)[ -~\n]+");
            assertThat(new ObjectMapper().readTree(diagnosis.json()).has("verdict"))
                    .isTrue();
        } catch (CannotLookException sentence) {
            assertThat(sentence.getMessage()).matches("(?s)[ -~]+\\.");
        }
    }

    private static byte[] mutated(byte[] sound, Random random) {
        StringBuilder text = new StringBuilder(new String(sound, StandardCharsets.ISO_8859_1));
        for (int change = 1 + random.nextInt(4); change > 0; change--) {
            int at = random.nextInt(text.length() + 1);
            switch (random.nextInt(5)) {
                case 0 -> text.insert(at, (char) random.nextInt(256));
                case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(8)));
                case 2 -> text.setLength(at);
                case 3 -> text.insert(at, "-9".repeat(random.nextInt(12)));
                default -> text.insert(at, "9".repeat(random.nextInt(25)));
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
