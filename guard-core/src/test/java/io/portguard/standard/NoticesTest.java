package io.portguard.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.Attempt;
import io.portguard.CapturedLog;
import io.portguard.IpAddress;
import io.portguard.ManualClock;
import io.portguard.Permit;
import io.portguard.http.HttpAttempts;
import io.portguard.http.HttpRequestView;
import io.portguard.settings.InvalidSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator is told: once in the log, and for as long as it is so in the diagnosis. */
class NoticesTest {

    private static final IpAddress PEER = IpAddress.parse("10.0.0.1").orElseThrow();
    private static final IpAddress OTHER = IpAddress.parse("192.0.2.1").orElseThrow();

    private final ManualClock clock = new ManualClock();

    @TempDir
    private Path folder;

    private StandardGuard guard(Map<String, String> settings) {
        return StandardGuard.builder("test")
                .configure(settings)
                .clock(clock)
                .tickInterval(Duration.ZERO)
                .build();
    }

    private void tick(StandardGuard guard) {
        clock.advanceSeconds(1);
        guard.guard().tickSlowly();
        guard.guard().tick();
    }

    private static boolean isAdmitted(StandardGuard guard, IpAddress address) {
        Attempt attempt = guard.attempts().ofConnection(address).connection();
        return guard.guard().tryAdmit(attempt) instanceof Permit;
    }

    @Test
    void listsInFilesAreJoinedToThoseThatAreSetAndFollowed() throws IOException {
        Path deny = Files.writeString(folder.resolve("deny"), "10.0.0.0/8\n");
        StandardGuard guard = guard(Map.of("access.deny-file", deny.toString(), "access.deny", "192.0.2.1"));
        assertThat(isAdmitted(guard, PEER)).isFalse();
        assertThat(isAdmitted(guard, OTHER)).isFalse();
        Files.writeString(deny, "");
        tick(guard);
        tick(guard);
        assertThat(isAdmitted(guard, PEER)).isTrue();
        assertThat(isAdmitted(guard, OTHER)).isFalse();
        guard.settings().tune("access.deny", "10.0.0.1", 0);
        assertThat(isAdmitted(guard, PEER)).isFalse();
        assertThat(isAdmitted(guard, OTHER)).isTrue();
    }

    @Test
    void whatAFileChangesIsInTheAudit() throws IOException {
        Path deny = Files.writeString(folder.resolve("deny"), "10.0.0.0/8\n192.0.2.7\n");
        Path trail = folder.resolve("audit");
        try (StandardGuard guard =
                guard(Map.of("access.deny-file", deny.toString(), "audit.folder", trail.toString()))) {
            Files.writeString(deny, "192.0.2.7\n192.0.2.8\n2001:db8::/32\n");
            tick(guard);
            tick(guard);
        }
        try (Stream<Path> files = Files.list(trail)) {
            assertThat(Files.readString(files.toList().get(0)))
                    .contains("\"user.name\":\"file\",\"portguard.setting\":\"access.deny-file\"")
                    .contains("\"portguard.from\":\"2 addresses and networks\"")
                    .contains("\"portguard.to\":\"3 addresses and networks; new: 192.0.2.8, 2001:db8::/32;"
                            + " gone: 10.0.0.0/8\"");
        }
    }

    @Test
    void aBrokenFileIsToldWhileItIsBroken() throws IOException {
        Path allow = Files.writeString(folder.resolve("allow"), "10.0.0.0/8\n");
        StandardGuard guard = guard(Map.of("access.allow-file", allow.toString()));
        assertThat(guard.notices()).isEmpty();
        Files.writeString(allow, "everybody\n");
        tick(guard);
        tick(guard);
        assertThat(guard.notices())
                .singleElement()
                .asString()
                .startsWith("access.allow-file is broken, what was read last stays in force: ")
                .contains("line 1: everybody");
        assertThat(isAdmitted(guard, PEER)).isTrue();
        assertThat(isAdmitted(guard, OTHER)).isFalse();
    }

    @Test
    void aFileThatIsBrokenAtTheStartEndsIt() {
        assertThatThrownBy(() ->
                        guard(Map.of("access.deny-file", folder.resolve("none").toString())))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("access.deny-file")
                .hasMessageContaining("no such file");
    }

    @Test
    void aProxyThatIsNotTrustedIsToldOnceWithTheLineToAdd() {
        StandardGuard guard = guard(Map.of());
        try (CapturedLog log = new CapturedLog(IdentityNotices.class)) {
            HttpAttempts.OfConnection connection = guard.attempts().ofConnection(PEER);
            for (int i = 0; i < 32 * 1_000; i++) {
                connection.request(new Forwarded("192.0.2." + i / 32 % 5));
            }
            tick(guard);
            tick(guard);
            assertThat(guard.notices()).singleElement().asString().endsWith("add clients.trusted-proxies: 10.0.0.1");
            assertThat(log.records()).hasSize(1);
        }
    }

    @Test
    void anIdentityThatAnybodyCanPickIsTold() {
        assertThat(guard(Map.of("clients.identify-by", "header:X-Key")).notices())
                .singleElement()
                .asString()
                .contains("clients.trusted-proxies");
        assertThat(guard(Map.of("clients.identify-by", "header:X-Key", "clients.trusted-proxies", "10.0.0.0/8"))
                        .notices())
                .isEmpty();
    }

    private record Forwarded(String whom) implements HttpRequestView {

        @Override
        public String method() {
            return "GET";
        }

        @Override
        public String rawPath() {
            return "/";
        }

        @Override
        public @Nullable String header(String name) {
            return name.equals("X-Forwarded-For") ? whom : null;
        }

        @Override
        public @Nullable String principal() {
            return null;
        }
    }
}
