package io.portguard.standard;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.ClientKey;
import io.portguard.Failure;
import io.portguard.IpAddress;
import io.portguard.NanoClock;
import io.portguard.rule.BanRule.Ban;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BansTest {

    private static final ClientKey NAMED = ClientKey.named("Jürgen & co\n2 \"x\"");

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void inAFolderThatIsMade() {
        file = folder.resolve("made").resolve("bans");
    }

    private StandardGuard guard(String... settings) {
        Map<String, String> configuration = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            configuration.put(settings[i], settings[i + 1]);
        }
        return StandardGuard.builder("test")
                .configure(configuration)
                .tickInterval(Duration.ZERO)
                .build();
    }

    private StandardGuard keeping() {
        return guard("penalties.persist-to", file.toString(), "penalties.ban-at", "100");
    }

    private static ClientKey key(StandardGuard guard, String text) {
        return guard.identity().keyOf(text);
    }

    @Test
    void aRestartEndsBansUnlessTheyAreKept() {
        try (StandardGuard before = guard()) {
            before.ban(key(before, "192.0.2.1"), 600);
        }
        try (StandardGuard after = guard()) {
            assertThat(after.bans()).isEmpty();
        }
    }

    @Test
    void bansThatAreKeptHoldForTheRestOfTheirTime() {
        try (StandardGuard before = keeping()) {
            before.ban(key(before, "192.0.2.1"), 600);
            before.ban(key(before, "2001:db8::/64"), 3_600);
            before.ban(NAMED, 60);
            before.ban(key(before, "192.0.2.9"), 600);
            before.unban(key(before, "192.0.2.9"));
        }
        try (StandardGuard after = keeping()) {
            assertThat(after.bans())
                    .containsOnlyKeys("192.0.2.1", "2001:db8::/64", NAMED.toString())
                    .hasEntrySatisfying("192.0.2.1", left -> assertThat(left).isBetween(590L, 601L));
            assertThat(after.notices()).isEmpty();
            assertThat(after.unban(NAMED)).isTrue();
        }
        try (StandardGuard again = keeping()) {
            assertThat(again.bans()).containsOnlyKeys("192.0.2.1", "2001:db8::/64");
        }
    }

    @Test
    void whoOffendsAgainAfterARestartIsBannedForTwiceAsLong() {
        try (StandardGuard before = keeping()) {
            fail(before);
            assertThat(before.bans()).containsEntry("192.0.2.1", 60L);
        }
        try (StandardGuard after = keeping()) {
            Ban ban = new BanFileOf(file).read().get(key(after, "192.0.2.1"));
            assertThat(ban.forFailures()).isTrue();
            assertThat(ban.lengthNanos()).isEqualTo(Duration.ofMinutes(1).toNanos());
        }
    }

    private static void fail(StandardGuard guard) {
        IpAddress peer = IpAddress.parse("192.0.2.1").orElseThrow();
        guard.failed(guard.attempts().ofConnection(peer).connection(), Failure.DECOY);
    }

    /** Reads without checked exceptions. */
    private record BanFileOf(Path path) {

        Map<ClientKey, Ban> read() {
            try {
                return new BanFile(path, NanoClock.system()).read();
            } catch (IOException | BanFile.BrokenException failed) {
                throw new AssertionError(failed);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "# bans of portguard, 1\nnetwork 192.0.2.1",
                "# bans of portguard, 1\nnetwork 192.0.2.0/33 1 1 people",
                "# bans of portguard, 1\nnetwork 192.0.2.1 soon 60 people",
                "# bans of portguard, 1\nnetwork 192.0.2.1 1 60 spite",
                "# bans of portguard, 1\nname %zz 1 60 people",
                "# bans of portguard, 1\nnetwork \u00e4 1 60 people",
            })
    void aBrokenFileIsSaidSetAsideAndIgnored(String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, StandardCharsets.UTF_8);
        try (StandardGuard guard = keeping()) {
            assertThat(guard.bans()).isEmpty();
            assertThat(guard.notices()).singleElement().asString().contains("penalties.persist-to", file.toString());
            guard.ban(key(guard, "192.0.2.1"), 600);
        }
        assertThat(Files.readString(file.resolveSibling("bans.broken"))).isEqualTo(text);
        try (StandardGuard guard = keeping()) {
            assertThat(guard.bans()).containsOnlyKeys("192.0.2.1");
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsSaidAndCostsNothingElse() throws IOException {
        Files.writeString(folder.resolve("made"), "a file where a folder is needed");
        StandardGuard guard = keeping();
        guard.ban(key(guard, "192.0.2.1"), 600);
        guard.close();
        assertThat(guard.notices()).singleElement().asString().contains("cannot be written");
        assertThat(guard.bans()).containsOnlyKeys("192.0.2.1");
    }

    @Test
    void whateverIsInTheFileIsReadOrBroken() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Files.createDirectories(file.getParent());
        BanFile bans = new BanFile(file, NanoClock.system());
        long now = NanoClock.system().nanoTime();
        bans.write(Map.of(NAMED, new Ban(now + 1_000_000_000L, 60_000_000_000L, true)));
        byte[] sound = Files.readAllBytes(file);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = sound.clone();
            for (int j = random.nextInt(4); j >= 0; j--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, bytes);
            try {
                assertThat(bans.read()).as("seed %d", seed).hasSizeLessThanOrEqualTo(4);
            } catch (BanFile.BrokenException | IOException said) {
                assertThat(said).as("seed %d", seed).hasMessageNotContaining("null");
            }
        }
    }
}
