package io.portguard.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every finding that there is stands in the guide, and is provoked by a test. */
class DocumentationTest {

    private static final Path CODE = Path.of("src/main/java/io/portguard/doctor");
    private static final Path TESTS = Path.of("src/test/java/io/portguard/doctor");
    private static final Pattern ID =
            Pattern.compile("(?:Finding\\.(?:critical|warning|note)|filling)\\(\\s*\"([a-z-]+)\"");

    private static String textOf(Path folder) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                text.append(Files.readString(file));
            }
        }
        return text.toString();
    }

    private static Set<String> ids() throws IOException {
        return ID.matcher(textOf(CODE))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theGuideListsEveryFinding() throws IOException {
        String guide = Files.readString(Path.of("../docs/doctor.md"));
        assertThat(ids())
                .hasSizeGreaterThan(35)
                .allSatisfy(id -> assertThat(guide).contains("`" + id + "`"));
    }

    @Test
    void everyFindingIsProvoked() throws IOException {
        String tests = textOf(TESTS);
        assertThat(ids()).allSatisfy(id -> assertThat(tests).containsPattern("\"" + id + "[\" ]"));
    }
}
