package io.portguard.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.ClientKey;
import io.portguard.IpAddress;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.SocketEnds;
import io.portguard.settings.SettingChange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditTest {

    /** A JSON object of texts and numbers, as strict as RFC 8259 about the texts. */
    private static final Pattern FLAT_OBJECT = Pattern.compile(
            "\\{(\"[a-z_@.]+\":(\"([ !#-\\[\\]-~]|\\\\[\"\\\\]|\\\\u[0-9a-f]{4})*\"|\\d+),?)+(?<!,)\\}");

    private final CalendarClock clock = new CalendarClock(Instant.parse("2026-11-25T12:00:00Z"));

    private WrittenTrail trail;

    @BeforeEach
    void begin(@TempDir Path temporary) {
        trail = new WrittenTrail(temporary.resolve("audit"), clock);
    }

    private static Attempt request(ClientKey key) {
        return Attempt.request(() -> key, IpAddress.parseOrNull("192.0.2.1"), Priority.NORMAL);
    }

    private static void refuse(Audit audit, ClientKey key) {
        audit.rejected(request(key), Rejection.of(Reason.CLIENT_RATE), true);
    }

    @Test
    void ofAClientAndReasonOneRefusalASecondIsRecordedAndTheOthersAreCounted() throws IOException {
        Audit audit = trail.audit(1 << 20);
        for (int i = 0; i < 100; i++) {
            refuse(audit, Attempts.key(1));
        }
        refuse(audit, Attempts.key(2));
        audit.rejected(request(Attempts.key(1)), Rejection.of(Reason.BANNED), false);
        clock.advance(Duration.ofSeconds(1));
        refuse(audit, Attempts.key(1));
        audit.close();
        assertThat(trail.lines()).hasSize(5);
        assertThat(trail.lines().get(0)).contains("\"event.action\":\"audit-began\"");
        assertThat(trail.lines().get(1))
                .contains("\"@timestamp\":\"2026-11-25T12:00:00Z\"")
                .contains("\"ecs.version\":\"8.17.0\"")
                .contains("\"event.action\":\"refused\",\"event.reason\":\"client-rate\"")
                .contains("\"source.ip\":\"192.0.2.1\"")
                .contains("\"portguard.client\":\"10.0.0.1\"")
                .contains("\"portguard.not_recorded\":0");
        assertThat(trail.lines().get(2)).contains("\"portguard.client\":\"10.0.0.2\"");
        assertThat(trail.lines().get(3)).contains("\"event.action\":\"would-refuse\",\"event.reason\":\"banned\"");
        assertThat(trail.lines().get(4)).contains("\"portguard.not_recorded\":99");
        assertThat(trail.lines()).allMatch(line -> FLAT_OBJECT.matcher(line).matches());
    }

    @Test
    void aRefusalNamesBothEndsOfItsConnectionAndWhomThePeerForwardsFor() throws IOException {
        SocketEnds ends = new SocketEnds() {
            @Override
            public InetSocketAddress remote() {
                return new InetSocketAddress("192.0.2.1", 50_000);
            }

            @Override
            public InetSocketAddress local() {
                return new InetSocketAddress("2001:db8::7", 8080);
            }
        };
        Audit audit = trail.audit(1 << 20);
        audit.rejected(request(Attempts.key(1)).on(ends), Rejection.of(Reason.CLIENT_RATE), true);
        Attempt forwarded =
                Attempt.request(() -> Attempts.key(2), IpAddress.parseOrNull("203.0.113.9"), Priority.NORMAL);
        audit.rejected(forwarded.on(ends), Rejection.of(Reason.CLIENT_RATE), true);
        audit.close();
        String tuple = "\"network.transport\":\"tcp\",\"source.ip\":\"192.0.2.1\",\"source.port\":50000,"
                + "\"destination.ip\":\"2001:db8::7\",\"destination.port\":8080,";
        assertThat(trail.lines().get(1)).contains(tuple + "\"portguard.client\"");
        assertThat(trail.lines().get(2)).contains(tuple + "\"client.ip\":\"203.0.113.9\",\"portguard.client\"");
        assertThat(trail.lines()).allMatch(line -> FLAT_OBJECT.matcher(line).matches());
    }

    @Test
    void howeverManyClientsAreRefusedAThousandASecondAreRecordedSpreadOverIt() throws IOException {
        Audit audit = trail.audit(1 << 20);
        for (int i = 0; i < 20_000; i++) {
            refuse(audit, Attempts.key(i));
        }
        audit.drain();
        assertThat(trail.lines()).hasSize(1 + RefusalSample.BURST);
        for (int i = 0; i < 1_000; i++) {
            clock.advance(Duration.ofMillis(1));
            for (int client = 0; client < 10; client++) {
                refuse(audit, Attempts.key(100_000 + i * 10 + client));
            }
        }
        audit.close();
        assertThat(trail.lines()).hasSize(1 + RefusalSample.BURST + 1_000);
        assertThat(audit.lost()).isZero();
    }

    @Test
    void aChangeIsRecordedWithWhoAndUntilWhen() throws IOException {
        Audit audit = trail.audit(1 << 20);
        audit.changed(new SettingChange("alice", "clients.rate", "unset", "50", 600));
        audit.banned(Attempts.key(1), "jmx", 60);
        audit.banned(Attempts.key(1), "jmx", 0);
        audit.close();
        assertThat(trail.lines().get(1))
                .contains("\"event.action\":\"setting-changed\",\"user.name\":\"alice\"")
                .contains("\"portguard.setting\":\"clients.rate\"")
                .contains("\"portguard.from\":\"unset\",\"portguard.to\":\"50\"")
                .contains("\"portguard.until\":\"2026-11-25T12:10:00Z\"");
        assertThat(trail.lines().get(2))
                .contains("\"event.action\":\"client-banned\"")
                .contains("\"portguard.until\":\"2026-11-25T12:01:00Z\"");
        assertThat(trail.lines().get(3))
                .contains("\"event.action\":\"client-unbanned\"")
                .doesNotContain("until");
    }

    @ParameterizedTest
    @ValueSource(longs = {95, 96})
    void nothingThatAClientSendsBreaksOrForgesALine(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        String[] parts = {
            "\"",
            "\\",
            "\n",
            "\r",
            "}",
            "{",
            "\",\"portguard.hash\":\"",
            "\u0000",
            "\u2028",
            "é",
            "\ud83d",
            "a",
            "\"}\n{\""
        };
        Audit audit = trail.audit(20_000);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder name = new StringBuilder();
            for (int length = random.nextInt(40); length > 0; length--) {
                name.append(parts[random.nextInt(parts.length)]);
            }
            audit.banned(ClientKey.named(name.toString()), name.toString(), 1);
            if (random.nextInt(50) == 0) {
                audit.drain();
            }
        }
        audit.banned(ClientKey.named("x".repeat(100_000)), "x", 1);
        audit.close();
        assertThat(trail.lines())
                .hasSize(2_002)
                .allMatch(line -> FLAT_OBJECT.matcher(line).matches());
        assertThat(trail.lines()).allMatch(line -> line.length() < 8_000);
        assertThat(trail.check().breaks()).as("seed %d", seed).isEmpty();
        assertThat(trail.check().lines()).isEqualTo(2_002);
    }

    @Test
    void aFolderThatVanishesIsMadeAnew() throws IOException {
        Audit audit = trail.audit(1 << 20);
        refuse(audit, Attempts.key(1));
        audit.drain();
        try (Stream<Path> files = Files.list(trail.folder())) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(trail.folder());
        refuse(audit, Attempts.key(2));
        audit.close();
        assertThat(audit.lost()).isZero();
        assertThat(trail.lines()).singleElement().asString().contains("10.0.0.2");
    }

    @Test
    void whatCannotBeWrittenIsCountedAndToldWhenItCanBeAgain() throws IOException {
        Files.writeString(trail.folder(), "a file where the folder should be");
        Audit audit = trail.audit(1 << 20);
        refuse(audit, Attempts.key(1));
        audit.drain();
        refuse(audit, Attempts.key(2));
        audit.drain();
        long lost = audit.lost();
        assertThat(lost).isEqualTo(2);
        Files.delete(trail.folder());
        clock.advance(Duration.ofSeconds(5));
        audit.drain();
        audit.drain();
        refuse(audit, Attempts.key(3));
        audit.close();
        assertThat(trail.lines()).hasSize(3);
        assertThat(trail.lines().get(1))
                .contains("\"event.action\":\"events-lost\"")
                .contains("\"portguard.lost\":2");
        assertThat(trail.check().isSound()).isTrue();
    }

    @Test
    void aFullBufferDropsAndCounts() throws IOException {
        Audit audit = trail.audit(1 << 20);
        for (int i = 0; i < 10_000; i++) {
            audit.banned(Attempts.key(i), "test", 1);
        }
        assertThat(audit.lost()).isEqualTo(10_000 - (1 << 13));
        audit.close();
        assertThat(trail.lines()).hasSize((1 << 13) + 2);
        assertThat(trail.check().isSound()).isTrue();
    }

    @Test
    void withoutAFolderNothingIsWritten() {
        Audit audit = new Audit("server", null, 1 << 20, WrittenTrail.RETENTION, clock);
        refuse(audit, Attempts.key(1));
        audit.changed(new SettingChange("alice", "clients.rate", "unset", "50", 0));
        audit.close();
        assertThat(trail.folder()).doesNotExist();
        assertThat(audit.lost()).isZero();
    }
}
