package io.portguard.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.ClientKey;
import io.portguard.IpAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientIdentityTest {

    private static final IpAddress PROXY = ip("10.0.0.1");
    private static final IpAddress STRANGER = ip("203.0.113.9");
    private static final AddressRanges PROXIES =
            new AddressRanges(List.of(AddressRange.parse("10.0.0.0/8").orElseThrow()));
    private static final ClientIdentity BY_ADDRESS = new ClientIdentity(IdentifyBy.ADDRESS, 32, 64, PROXIES);

    private record Request(
            Map<String, String> headers, @Nullable String principal) implements RequestOrigin {

        static Request of(String... namesAndValues) {
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (int i = 0; i < namesAndValues.length; i += 2) {
                headers.put(namesAndValues[i], namesAndValues[i + 1]);
            }
            return new Request(headers, null);
        }

        @Override
        public @Nullable String header(String name) {
            return headers.get(name);
        }
    }

    private static IpAddress ip(String text) {
        return IpAddress.parse(text).orElseThrow();
    }

    private static String seen(IpAddress peer, Request request) {
        return String.valueOf(BY_ADDRESS.address(peer, request));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.1",
                "for=192.0.2.1",
                "127.0.0.1",
                "10.0.0.9",
                "for=10.0.0.9",
                "",
                ",",
                "unknown",
                "for=\"[::1]\"",
                "for=192.0.2.1, for=10.0.0.1",
                "::1",
                "[::1]:80"
            })
    void aForgedHeaderOfAStrangerNeverChangesTheClient(String forged) {
        for (String header : List.of("Forwarded", "X-Forwarded-For")) {
            Request request = Request.of(header, forged);
            assertThat(BY_ADDRESS.address(STRANGER, request)).isEqualTo(STRANGER);
            assertThat(BY_ADDRESS.key(STRANGER, BY_ADDRESS.address(STRANGER, request), request))
                    .isEqualTo(ClientKey.of(STRANGER));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {91, 92})
    void noHeaderMakesTheReaderThrowAndNoneOfAStrangerIsBelieved(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String alphabet = "0123456789abcdef.:,;=[]\"\\ \tforby_%/\0é";
        for (int i = 0; i < 30_000; i++) {
            StringBuilder value = new StringBuilder();
            for (int length = random.nextInt(60); length > 0; length--) {
                int at = random.nextInt(alphabet.length() + 6);
                value.append(at < alphabet.length() ? alphabet.substring(at, at + 1) : "for=1.2.3.4");
            }
            Request request = Request.of("Forwarded", value.toString(), "X-Forwarded-For", value.toString());
            assertThat(BY_ADDRESS.address(STRANGER, request)).isEqualTo(STRANGER);
            assertThat(BY_ADDRESS.address(PROXY, request)).isNotNull();
            Request appended = Request.of("Forwarded", value + ", for=192.0.2.77");
            assertThat(seen(PROXY, appended)).as("seed %d: %s", seed, value).isEqualTo("192.0.2.77");
            Request appendedToX = Request.of("X-Forwarded-For", value + ", 192.0.2.77");
            assertThat(seen(PROXY, appendedToX)).as("seed %d: %s", seed, value).isEqualTo("192.0.2.77");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "192.0.2.1 | 192.0.2.1",
                "192.0.2.1:4711 | 192.0.2.1",
                "6.6.6.6, 192.0.2.1 | 192.0.2.1",
                "6.6.6.6, 192.0.2.1, 10.0.0.7 | 192.0.2.1",
                "garbage, 192.0.2.1, 10.0.0.7 | 192.0.2.1",
                "10.0.0.5, 10.0.0.7 | 10.0.0.5",
                "2001:db8::1 | 2001:db8::1",
                "[2001:db8::1] | 2001:db8::1",
                "[2001:db8::1]:443 | 2001:db8::1",
                "\"192.0.2.1\" | 192.0.2.1",
                "::ffff:192.0.2.1 | 192.0.2.1",
                // Malformed where a proxy of ours should have written an address: the peer.
                "192.0.2.1, garbage | 10.0.0.1",
                "192.0.2.1, | 10.0.0.1",
                ", | 10.0.0.1",
                "`` | 10.0.0.1",
                "192.0.2.1, 10.0.0.7, unknown | 10.0.0.1",
                "[2001:db8::1 | 10.0.0.1",
                "[2001:db8::1]x | 10.0.0.1",
                "192.0.2.1:port | 10.0.0.1",
                "192.0.2.1:123456 | 10.0.0.1",
                "192.0.2.1: | 10.0.0.1",
            })
    void behindATrustedProxyTheRightmostUntrustedHopIsTheClient(String header, String client) {
        assertThat(seen(PROXY, Request.of("X-Forwarded-For", header))).isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "for=192.0.2.1 | 192.0.2.1",
                "For=\"[2001:db8:cafe::17]:4711\" | 2001:db8:cafe::17",
                "for=192.0.2.60;proto=http;by=203.0.113.43 | 192.0.2.60",
                "proto=http;host=\"localhost:8080\";for=\"192.0.2.60:5000\" | 192.0.2.60",
                "for=6.6.6.6, for=192.0.2.43, for=10.2.3.4 | 192.0.2.43",
                "for=\"_gazonk\", for=192.0.2.43 | 192.0.2.43",
                "for=\", for=192.0.2.43 | 192.0.2.43",
                "for=_hidden | 10.0.0.1",
                "for=unknown | 10.0.0.1",
                "by=192.0.2.1 | 10.0.0.1",
                "proto=https | 10.0.0.1",
                "for=192.0.2.1, proto=https | 10.0.0.1",
                "forx=192.0.2.1 | 10.0.0.1",
            })
    void forwardedIsReadAsRfc7239Says(String header, String client) {
        assertThat(seen(PROXY, Request.of("Forwarded", header))).isEqualTo(client);
    }

    /** A proxy that quotes the Host it was sent, as RFC 7239 has it, must not let the sender write an element. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "for=192.0.2.1;host=\"x,for=6.6.6.6\"",
                "for=192.0.2.1;host=\"x,for=6.6.6.6;y\"",
                "for=192.0.2.1;host=\"x,for=6.6.6.6,y\"",
                "proto=http;host=\"x;for=6.6.6.6;y\";for=192.0.2.1",
                "proto=http;host=\"x\\\";for=6.6.6.6;y=\\\"\";for=192.0.2.1",
                "for=192.0.2.1;host=\"x\\\",for=6.6.6.6;y=\\\"\"",
                "for=9.9.9.9, for=192.0.2.1;host=\"a,b;c\", for=10.0.0.3;host=\",for=6.6.6.6;\"",
                "for=\"unclosed, for=192.0.2.1;host=\"x,for=6.6.6.6;y\"",
            })
    void whatStandsInQuotesIsNoElementOfItsOwn(String header) {
        assertThat(seen(PROXY, Request.of("Forwarded", header))).isEqualTo("192.0.2.1");
    }

    @Test
    void aChainThatIsTooLongLeavesThePeer() {
        assertThat(seen(PROXY, Request.of("X-Forwarded-For", "1.1.1.1, ".repeat(300) + "192.0.2.1")))
                .isEqualTo("10.0.0.1");
    }

    @Test
    void addressesOfOneNetworkAreOneClient() {
        ClientIdentity identity = new ClientIdentity(IdentifyBy.ADDRESS, 24, 56, AddressRanges.NONE);
        assertThat(identity.key(ip("192.0.2.1")))
                .isEqualTo(identity.key(ip("192.0.2.200")))
                .hasToString("192.0.2.0/24");
        assertThat(identity.key(ip("2001:db8::1"))).isEqualTo(identity.key(ip("2001:db8:0:ff::2")));
        assertThat(identity.key(ip("2001:db8::1"))).isNotEqualTo(identity.key(ip("2001:db8:0:100::2")));
        assertThat(identity.key(null)).isEqualTo(identity.key(null));
    }

    @Test
    void aClientIsKnownByItsNameWhereSoConfigured() {
        ClientIdentity byHeader =
                new ClientIdentity(IdentifyBy.parse("header:X-Api-Key").orElseThrow(), 32, 64, AddressRanges.NONE);
        assertThat(byHeader.key(STRANGER, STRANGER, Request.of("x-api-key", "k1")))
                .isEqualTo(ClientKey.named("k1"));
        assertThat(byHeader.key(STRANGER, STRANGER, Request.of())).isEqualTo(ClientKey.of(STRANGER));
        assertThat(byHeader.key(STRANGER, STRANGER, Request.of("x-api-key", "")))
                .isEqualTo(ClientKey.of(STRANGER));
        assertThat(byHeader.key(STRANGER, STRANGER, Request.of("x-api-key", "k".repeat(257))))
                .isEqualTo(ClientKey.of(STRANGER));
        ClientIdentity byPrincipal = new ClientIdentity(IdentifyBy.PRINCIPAL, 32, 64, AddressRanges.NONE);
        assertThat(byPrincipal.key(STRANGER, STRANGER, new Request(Map.of(), "alice")))
                .isEqualTo(ClientKey.named("alice"));
        assertThat(byPrincipal.key(STRANGER, STRANGER, Request.of())).isEqualTo(ClientKey.of(STRANGER));
    }

    @Test
    void theSubjectOfACertificateIsTheClientUnlessItIsAProxys() {
        ClientIdentity byCertificate = new ClientIdentity(IdentifyBy.CERTIFICATE, 32, 64, PROXIES);
        RequestOrigin proved = new RequestOrigin() {
            @Override
            public @Nullable String header(String name) {
                return null;
            }

            @Override
            public @Nullable String principal() {
                return "alice";
            }

            @Override
            public String certificate() {
                return "CN=device 7";
            }
        };
        assertThat(byCertificate.key(STRANGER, STRANGER, proved)).isEqualTo(ClientKey.named("CN=device 7"));
        assertThat(byCertificate.key(PROXY, STRANGER, proved)).isEqualTo(ClientKey.of(STRANGER));
        assertThat(byCertificate.key(STRANGER, STRANGER, Request.of())).isEqualTo(ClientKey.of(STRANGER));
        assertThat(byCertificate.isFixedFor(STRANGER)).isFalse();
    }

    @Test
    void aNameInAHeaderIsBelievedOnlyOfTrustedProxiesWhereSomeAreNamed() {
        ClientIdentity byHeader =
                new ClientIdentity(IdentifyBy.parse("header:X-Api-Key").orElseThrow(), 32, 64, PROXIES);
        Request request = Request.of("x-api-key", "k1");
        assertThat(byHeader.key(PROXY, PROXY, request)).isEqualTo(ClientKey.named("k1"));
        assertThat(byHeader.key(PROXY, STRANGER, request)).isEqualTo(ClientKey.named("k1"));
        assertThat(byHeader.key(STRANGER, STRANGER, request)).isEqualTo(ClientKey.of(STRANGER));
        assertThat(byHeader.key(null, null, request)).isEqualTo(byHeader.key(null));
        assertThat(byHeader.isFixedFor(STRANGER)).isTrue();
        assertThat(byHeader.isFixedFor(PROXY)).isFalse();
        assertThat(byHeader.isForgeable()).isFalse();
        ClientIdentity anybody =
                new ClientIdentity(IdentifyBy.parse("header:X-Api-Key").orElseThrow(), 32, 64, AddressRanges.NONE);
        assertThat(anybody.isForgeable()).isTrue();
        assertThat(anybody.isFixedFor(STRANGER)).isFalse();
        assertThat(BY_ADDRESS.isForgeable()).isFalse();
    }

    @Test
    void aConnectionIsOfOneClientUnlessItsRequestsSayOtherwise() {
        assertThat(BY_ADDRESS.isFixedFor(STRANGER)).isTrue();
        assertThat(BY_ADDRESS.isFixedFor(null)).isTrue();
        assertThat(BY_ADDRESS.isFixedFor(PROXY)).isFalse();
        assertThat(new ClientIdentity(IdentifyBy.PRINCIPAL, 32, 64, AddressRanges.NONE).isFixedFor(STRANGER))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "address, address",
        "' PRINCIPAL ', principal",
        "certificate, certificate",
        "Header:X-Key, header:X-Key",
        "header: X-Key, header:X-Key"
    })
    void whatClientsAreToldByIsReadAndWritten(String text, String written) {
        assertThat(IdentifyBy.parse(text).orElseThrow()).hasToString(written);
        assertThat(IdentifyBy.parse(written)).isEqualTo(IdentifyBy.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "header", "header:", "header:a b", "header:a:b", "ip", "header:é", "header:a,b"})
    void whatClientsCannotBeToldByIsRefused(String text) {
        assertThat(IdentifyBy.parse(text)).isEmpty();
        assertThat(text.toLowerCase(Locale.ROOT)).isNotEqualTo("address");
    }

    @Test
    void twoHeadersThatDisagreeAreNotBelieved() {
        assertThat(seen(PROXY, Request.of("Forwarded", "for=6.6.6.6", "X-Forwarded-For", "192.0.2.1")))
                .isEqualTo(PROXY.toString());
        assertThat(seen(PROXY, Request.of("Forwarded", "for=192.0.2.1", "X-Forwarded-For", "192.0.2.1")))
                .isEqualTo("192.0.2.1");
    }

    @Test
    void oneThatNamesTheProxyItselfDoesNotContradictTheOther() {
        String proxy = PROXY.toString();
        assertThat(seen(PROXY, Request.of("Forwarded", "for=192.0.2.1", "X-Forwarded-For", proxy)))
                .as("as a servlet container shows the peer where nothing was forwarded")
                .isEqualTo("192.0.2.1");
        assertThat(seen(PROXY, Request.of("Forwarded", "for=" + proxy, "X-Forwarded-For", "192.0.2.1")))
                .isEqualTo("192.0.2.1");
        assertThat(seen(PROXY, Request.of("X-Forwarded-For", proxy))).isEqualTo(proxy);
    }

    @Test
    void whereClientsAreToldByAddressesNobodyIsMeantByAName() {
        ClientIdentity byAddress = new ClientIdentity(IdentifyBy.ADDRESS, 32, 64, AddressRanges.NONE);
        assertThat(byAddress.keyOf("192.0.2.1")).isEqualTo(ClientKey.of(ip("192.0.2.1")));
        assertThatThrownBy(() -> byAddress.keyOf("192.0.2.l"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("client: \"192.0.2.l\" (expected: an address, or a network that is one client)");
        assertThat(new ClientIdentity(IdentifyBy.PRINCIPAL, 32, 64, AddressRanges.NONE).keyOf("alice"))
                .isEqualTo(ClientKey.named("alice"));
    }
}
