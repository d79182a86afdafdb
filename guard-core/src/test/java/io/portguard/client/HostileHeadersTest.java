package io.portguard.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.ClientKey;
import io.portguard.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A corpus of headers that clients send to be taken for somebody else, and seeded mutations of it. */
class HostileHeadersTest {

    private static final IpAddress PROXY = IpAddress.parse("10.0.0.1").orElseThrow();
    private static final IpAddress STRANGER = IpAddress.parse("203.0.113.9").orElseThrow();

    /** Who the client really is, as the proxy saw it. */
    private static final IpAddress SEEN = IpAddress.parse("198.51.100.7").orElseThrow();

    private static final Pattern REPEATED = Pattern.compile("«(\\d+)\\*(.*?)»");
    private static final List<Header> CORPUS = new ArrayList<>();

    private final ClientIdentity identity = new ClientIdentity(
            IdentifyBy.ADDRESS,
            32,
            64,
            new AddressRanges(List.of(AddressRange.parse("10.0.0.0/8").orElseThrow())));

    private record Header(String name, String value) {}

    private record Request(Map<String, String> headers) implements RequestOrigin {

        static Request of(Header... headers) {
            Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (Header header : headers) {
                all.merge(header.name, header.value, (before, after) -> before + "," + after);
            }
            return new Request(all);
        }

        @Override
        public @Nullable String header(String name) {
            return headers.get(name);
        }

        @Override
        public @Nullable String principal() {
            return null;
        }
    }

    @BeforeAll
    static void read() throws IOException {
        try (InputStream corpus = HostileHeadersTest.class.getResourceAsStream("hostile-headers.txt")) {
            String text = new String(Objects.requireNonNull(corpus).readAllBytes(), StandardCharsets.UTF_8);
            for (String line : text.split("\n", -1)) {
                int colon = line.indexOf(": ");
                if (!line.startsWith("#") && colon > 0) {
                    CORPUS.add(new Header(line.substring(0, colon), unescaped(line.substring(colon + 2))));
                }
            }
        }
    }

    private static String unescaped(String text) {
        Matcher repeated = REPEATED.matcher(text);
        String whole = repeated.replaceAll(
                match -> Matcher.quoteReplacement(match.group(2).repeat(Integer.parseInt(match.group(1)))));
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < whole.length(); i++) {
            char c = whole.charAt(i);
            if (c != '\\' || i + 1 == whole.length()) {
                plain.append(c);
                continue;
            }
            char escaped = whole.charAt(++i);
            switch (escaped) {
                case 't' -> plain.append('\t');
                case 'r' -> plain.append('\r');
                case 'n' -> plain.append('\n');
                case 'u' -> {
                    plain.append((char) Integer.parseInt(whole.substring(i + 1, i + 5), 16));
                    i += 4;
                }
                default -> plain.append(escaped);
            }
        }
        return plain.toString();
    }

    private static Header appended(Header header) {
        return new Header(header.name, header.name.equals("Forwarded") ? "for=" + SEEN : SEEN.toString());
    }

    private void assertOfAStrangerChangesNothing(String what, Header header) {
        Request request = Request.of(header);
        assertThat(identity.address(STRANGER, request)).as(what).isEqualTo(STRANGER);
        assertThat(identity.key(STRANGER, STRANGER, request)).as(what).isEqualTo(ClientKey.of(STRANGER));
    }

    private void assertBehindAProxyItIsWhomTheProxySaw(String what, Header header) {
        // The proxy appends what it saw, in a list of its own or behind what the client sent.
        assertThat(identity.address(PROXY, Request.of(header, appended(header))))
                .as(what)
                .isIn(SEEN, PROXY);
        // Or it writes the one header and passes on the other.
        Header other = appended(new Header(header.name.equals("Forwarded") ? "X-Forwarded-For" : "Forwarded", ""));
        assertThat(identity.address(PROXY, Request.of(header, other))).as(what).isIn(SEEN, PROXY);
    }

    @Test
    void theCorpusIsLargeAndOfBothKinds() {
        assertThat(CORPUS).hasSizeGreaterThan(250);
        assertThat(CORPUS).extracting(Header::name).contains("Forwarded", "X-Forwarded-For");
        assertThat(CORPUS).anyMatch(header -> header.value.length() > 2_000);
        assertThat(CORPUS).anyMatch(header -> header.value.contains("\r\n"));
    }

    @Test
    void ofAStrangerNoneChangesTheClient() {
        CORPUS.forEach(header -> assertOfAStrangerChangesNothing(header.toString(), header));
        assertThat(identity.disbelieved()).isZero();
    }

    @Test
    void behindAProxyNoneChangesWhomTheProxySaw() {
        CORPUS.forEach(header -> assertBehindAProxyItIsWhomTheProxySaw(header.toString(), header));
    }

    @Test
    void norDoTwoHeadersAtOnce() {
        for (Header written : CORPUS) {
            for (Header passedOn : CORPUS) {
                if (!written.name.equals(passedOn.name)) {
                    assertThat(identity.address(PROXY, Request.of(written, appended(written), passedOn)))
                            .as("%s, %s", written, passedOn)
                            .isIn(SEEN, PROXY);
                }
            }
        }
    }

    @Test
    void whatATrustedProxyForwardsAndCannotBeReadIsCounted() {
        long before = identity.disbelieved();
        assertThat(identity.address(PROXY, Request.of(new Header("X-Forwarded-For", "unknown"))))
                .isEqualTo(PROXY);
        assertThat(identity.address(PROXY, Request.of(new Header("Forwarded", "for=\"_hidden\""))))
                .isEqualTo(PROXY);
        assertThat(identity.address(
                        PROXY, Request.of(new Header("X-Forwarded-For", "1.2.3.4, ".repeat(300) + "1.2.3.4"))))
                .isEqualTo(PROXY);
        assertThat(identity.address(
                        PROXY,
                        Request.of(new Header("X-Forwarded-For", "1.2.3.4"), new Header("Forwarded", "for=1.2.3.5"))))
                .isEqualTo(PROXY);
        assertThat(identity.disbelieved() - before).isEqualTo(4);
        identity.address(PROXY, Request.of(new Header("X-Forwarded-For", "1.2.3.4")));
        identity.address(PROXY, Request.of());
        assertThat(identity.disbelieved() - before).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(longs = {81, 82, 83})
    void norDoesAnythingLikeThem(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String alphabet = ",;=\"\\[]:.%/ \t0123456789abcdefFORfor\u0000\r\né";
        for (int i = 0; i < 20_000; i++) {
            Header header = CORPUS.get(random.nextInt(CORPUS.size()));
            StringBuilder value = new StringBuilder(header.value);
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                int at = random.nextInt(value.length() + 1);
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(4)) {
                    case 0 -> value.insert(at, c);
                    case 1 -> value.delete(at, Math.min(value.length(), at + random.nextInt(8)));
                    case 2 -> value.insert(at, CORPUS.get(random.nextInt(150)).value);
                    default -> value.append(c);
                }
            }
            Header mutated = new Header(header.name, value.toString());
            String what = "seed " + seed + ": " + mutated;
            assertOfAStrangerChangesNothing(what, mutated);
            assertBehindAProxyItIsWhomTheProxySaw(what, mutated);
        }
    }
}
