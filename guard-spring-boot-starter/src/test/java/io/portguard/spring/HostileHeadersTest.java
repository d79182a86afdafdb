package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.GuardListener;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The corpus of hostile headers, sent to real servers byte for byte: whom they take a request to be from. */
class HostileHeadersTest {

    private static final String PEER = "127.0.0.1";
    private static final String SEEN = "198.51.100.7";
    private static final String X_FORWARDED_FOR = "X-Forwarded-For";
    private static final Pattern REPEATED = Pattern.compile("«(\\d+)\\*(.*?)»");
    private static final Pattern ESCAPED = Pattern.compile("\\\\(u[0-9a-fA-F]{4}|.)");

    /** Lines of a header, name and value. */
    private static final List<String> CORPUS = new ArrayList<>();

    private enum Server {
        TOMCAT(GuardedService.ON_TOMCAT),
        JETTY(GuardedService.ON_JETTY),
        REACTOR_NETTY("");

        private final String property;

        Server(String property) {
            this.property = property;
        }

        GuardedService start(String... properties) {
            List<String> all = new ArrayList<>(List.of(properties));
            if (this == REACTOR_NETTY) {
                return GuardedService.startReactive(List.of(Listening.class), all.toArray(String[]::new));
            }
            all.add(property);
            return GuardedService.start(List.of(Listening.class), all.toArray(String[]::new));
        }
    }

    /** Writes down whom each request is taken to be from. */
    static final class Requesters implements GuardListener {

        private final Queue<String> addresses = new ConcurrentLinkedQueue<>();

        @Override
        public void admitted(Attempt attempt) {
            if (attempt.kind() == Attempt.Kind.REQUEST) {
                addresses.add(attempt.address() + " as " + attempt.client().key());
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Listening {

        @Bean
        Requesters requesters() {
            return new Requesters();
        }
    }

    @BeforeAll
    static void read() throws IOException {
        try (InputStream corpus =
                HostileHeadersTest.class.getResourceAsStream("/io/portguard/client/hostile-headers.txt")) {
            String text = new String(Objects.requireNonNull(corpus).readAllBytes(), StandardCharsets.UTF_8);
            text.lines()
                    .filter(line -> !line.startsWith("#") && line.contains(": "))
                    .map(HostileHeadersTest::unescaped)
                    .forEach(CORPUS::add);
        }
        assertThat(CORPUS).hasSizeGreaterThan(250);
    }

    private static String unescaped(String text) {
        String whole = REPEATED.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(match.group(2).repeat(Integer.parseInt(match.group(1)))));
        return ESCAPED.matcher(whole)
                .replaceAll(match -> Matcher.quoteReplacement(
                        switch (match.group(1).charAt(0)) {
                            case 't' -> "\t";
                            case 'r' -> "\r";
                            case 'n' -> "\n";
                            case 'u' ->
                                Character.toString(
                                        Integer.parseInt(match.group(1).substring(1), 16));
                            default -> match.group(1);
                        }));
    }

    /** Sends a request with these lines in its header, and waits until the server has done with it. */
    private static void send(GuardedService service, String... lines) throws IOException {
        try (RawConnection connection = new RawConnection(service.port())) {
            connection.send(("GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + String.join("\r\n", lines) + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            connection.awaitEnd();
        }
    }

    private static String appended(String line) {
        return line.startsWith(X_FORWARDED_FOR) ? X_FORWARDED_FOR + ": " + SEEN : "Forwarded: for=" + SEEN;
    }

    private static String invented(String line) {
        return line.startsWith(X_FORWARDED_FOR) ? "Forwarded: for=6.6.6.6" : X_FORWARDED_FOR + ": 6.6.6.6";
    }

    @ParameterizedTest
    @EnumSource
    void ofAStrangerNoneChangesTheClient(Server server) throws IOException {
        try (GuardedService service = server.start()) {
            for (String line : CORPUS) {
                send(service, line);
                send(service, line, invented(line));
            }
            Queue<String> addresses = service.context().getBean(Requesters.class).addresses;
            // What is no HTTP is turned down by the server, more or less of it by each.
            assertThat(addresses).hasSizeGreaterThan(CORPUS.size());
            assertThat(addresses).containsOnly(PEER + " as " + PEER);
        }
    }

    @ParameterizedTest
    @EnumSource
    void behindAProxyNoneChangesWhomTheProxySaw(Server server) throws IOException {
        try (GuardedService service = server.start("guard.clients.trusted-proxies=" + PEER)) {
            send(service, "Forwarded: for=" + SEEN);
            send(service, X_FORWARDED_FOR + ": " + SEEN);
            Queue<String> addresses = service.context().getBean(Requesters.class).addresses;
            assertThat(addresses).containsExactly(SEEN + " as " + SEEN, SEEN + " as " + SEEN);
            for (String line : CORPUS) {
                if (line.chars().anyMatch(c -> c == '\r' || c == '\n')) {
                    continue; // It would end the line, or the header, before what the proxy appends.
                }
                send(service, line, appended(line));
                send(service, line, appended(line), invented(line));
            }
            assertThat(addresses).hasSizeGreaterThan(CORPUS.size());
            assertThat(addresses).containsOnly(PEER + " as " + PEER, SEEN + " as " + SEEN);
            assertThat(service.guard().identity().disbelieved()).isPositive();
        }
    }
}
