package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.GuardListener;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HAProxy itself in front, with its preambles and its health checks. */
class HaproxyTest {

    private static final String CLIENT = "127.0.0.9";

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"send-proxy, optional", "send-proxy-v2, optional", "send-proxy-v2-ssl crc32c-option, required"})
    void theClientBehindHaproxyIsTheClient(String option, String policy) throws Exception {
        Tool haproxy = Tool.of("haproxy");
        String preamble =
                option.replace("send-proxy-v2-ssl crc32c-option", "send-proxy-v2 proxy-v2-options crc32c,unique-id");
        Queue<String> denied = new ConcurrentLinkedQueue<>();
        Requesters requesters = new Requesters();
        GuardListener listener = new GuardListener() {
            @Override
            public void rejected(Attempt attempt, io.portguard.Rejection rejection, boolean enforced) {
                denied.add(attempt.address() + " " + rejection.reason());
            }
        };
        Map<String, String> settings = Map.of(
                "clients.trusted-proxies", "127.0.0.1",
                "connections.proxy-protocol", policy,
                "connections.max-per-client", "2",
                "access.deny", "127.0.0.66");
        try (LoopbackServer server = new LoopbackServer(
                settings, builder -> builder.listener(requesters).listener(listener))) {
            int front = freePort();
            Path config =
                    Files.writeString(directory.resolve("haproxy.cfg"), """
                    global
                      maxconn 100
                    defaults
                      mode tcp
                      timeout connect 5s
                      timeout client 10s
                      timeout server 10s
                    frontend front
                      bind 127.0.0.1:%d
                      default_backend back
                    backend back
                      option httpchk GET /readyz
                      server guarded 127.0.0.1:%d %s check inter 100ms fall 1 rise 1
                    """.formatted(front, server.port(), preamble));
            Path log = directory.resolve("haproxy.log");
            Process running = haproxy.start(log, List.of("-db", "-f", config.toString()));
            try {
                Eventually.until(
                        "HAProxy has checked the server's health some times", () -> server.admittedRequests() >= 3);
                assertThat(denied).isEmpty();
                assertThat(requesters.lastAttempt().exempt()).isTrue();

                try (RawClient one = from(CLIENT, front);
                        RawClient two = from(CLIENT, front)) {
                    assertThat(one.get("/hello")).endsWith("hello");
                    assertThat(two.get("/hello")).endsWith("hello");
                    assertThat(server.guard.topClients(100))
                            .anyMatch(client -> client.client().toString().equals(CLIENT) && client.connections() == 2);
                    try (RawClient three = from(CLIENT, front)) {
                        three.send("GET /hello HTTP/1.1\r\n\r\n");
                        assertThat(three.isClosedWithoutAWord()).isTrue();
                    }
                    try (RawClient other = from("127.0.0.10", front)) {
                        assertThat(other.get("/hello")).endsWith("hello");
                    }
                }
                try (RawClient unwanted = from("127.0.0.66", front)) {
                    unwanted.send("GET /hello HTTP/1.1\r\n\r\n");
                    assertThat(unwanted.isClosedWithoutAWord()).isTrue();
                }
                assertThat(denied).containsExactly(CLIENT + " client-connections", "127.0.0.66 denied");
            } finally {
                running.destroy();
                if (!running.waitFor(10, TimeUnit.SECONDS)) {
                    running.destroyForcibly();
                }
                assertThat(log).content().doesNotContain("is DOWN");
            }
        }
    }

    private static RawClient from(String address, int port) throws Exception {
        return new RawClient(new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(address), 0));
    }

    private static int freePort() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }
}
