package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whom requests with forwarded headers are taken to be from, over HTTP/1.1 and HTTP/2. */
class ForwardedHeadersTest {

    private static final String PEER = "127.0.0.1";
    private static final String SEEN = "198.51.100.7";

    /** Lines of headers, and whom they name where the peer is trusted. */
    private static final Map<List<String>, String> HEADERS = new LinkedHashMap<>();

    static {
        HEADERS.put(List.of("x-forwarded-for: 198.51.100.7"), SEEN);
        HEADERS.put(List.of("forwarded: for=198.51.100.7"), SEEN);
        HEADERS.put(List.of("x-forwarded-for: 6.6.6.6", "x-forwarded-for: 198.51.100.7"), SEEN);
        HEADERS.put(List.of("forwarded: for=6.6.6.6;by=\"", "forwarded: for=198.51.100.7"), SEEN);
        HEADERS.put(List.of("x-forwarded-for: 198.51.100.7, 127.0.0.1:99"), SEEN);
        HEADERS.put(List.of("forwarded: for=\"[::ffff:198.51.100.7]\""), SEEN);
        HEADERS.put(List.of("x-forwarded-for: 64:ff9b::198.51.100.7"), SEEN);
        HEADERS.put(List.of("forwarded: for=\"[2001:db8::7]:99\""), "2001:db8::7");
        HEADERS.put(List.of("x-forwarded-for: 198.51.100.7", "forwarded: for=6.6.6.6"), PEER);
        String tooLong = "1.2.3.4, ".repeat(300) + SEEN;
        HEADERS.put(List.of("x-forwarded-for: " + tooLong, "forwarded: for=6.6.6.6"), PEER);
        HEADERS.put(List.of("forwarded: for=_hidden"), PEER);
        HEADERS.put(List.of("x-forwarded-for: fe80::1%eth0"), "fe80::1");
        HEADERS.put(List.of("x-forwarded-for: unknown"), PEER);
    }

    private final Requesters requesters = new Requesters();

    /** Sends one request with these lines, and returns when it has been answered. */
    private interface Sender {
        void send(int port, List<String> lines) throws Exception;
    }

    private static void overHttp1(int port, List<String> lines) throws Exception {
        try (RawClient client = new RawClient(port)) {
            client.send("GET / HTTP/1.1\r\nHost: localhost\r\n" + String.join("\r\n", lines) + "\r\n\r\n");
            assertThat(client.response()).startsWith("HTTP/1.1 200");
        }
    }

    private static void overHttp2(int port, List<String> lines) {
        try (Http2Client client = new Http2Client(port)) {
            String[] namesAndValues = lines.stream()
                    .flatMap(line -> List.of(line.split(": ", 2)).stream())
                    .toArray(String[]::new);
            int stream = client.request(Http2Client.END_STREAM, "GET", "/", namesAndValues);
            assertThat(client.answer(stream).status()).isEqualTo(200);
        }
    }

    private void assertWho(Protocol protocol, Sender sender) throws Exception {
        try (LoopbackServer server = server(protocol, Map.of("clients.trusted-proxies", PEER))) {
            for (Map.Entry<List<String>, String> header : HEADERS.entrySet()) {
                sender.send(server.port(), header.getKey());
                assertThat(requesters.last()).as("%s", header).isEqualTo(header.getValue());
            }
        }
        try (LoopbackServer server = server(protocol, Map.of())) {
            for (List<String> lines : HEADERS.keySet()) {
                sender.send(server.port(), lines);
                assertThat(requesters.last()).as("of a stranger: %s", lines).isEqualTo(PEER);
            }
        }
    }

    private LoopbackServer server(Protocol protocol, Map<String, String> settings) {
        return new LoopbackServer(settings, builder -> builder.listener(requesters), protocol, Transport.NIO);
    }

    @Test
    void overHttp1() throws Exception {
        assertWho(Protocol.HTTP_1, ForwardedHeadersTest::overHttp1);
    }

    @Test
    void overHttp2() throws Exception {
        assertWho(Protocol.HTTP_2, ForwardedHeadersTest::overHttp2);
    }

    @Test
    void overHttp2WithOneHandlerOfAllStreams() throws Exception {
        assertWho(Protocol.HTTP_2_ONE_HANDLER, ForwardedHeadersTest::overHttp2);
    }
}
