package io.portguard.servlet.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.DecisionCounts;
import io.portguard.Reason;
import io.portguard.servlet.Await;
import io.portguard.servlet.FakeClock;
import io.portguard.servlet.RawClient;
import io.portguard.servlet.RunningTomcat;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.net.ExtendedSocketOptions;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ConnectionTest {

    @Test
    void aClientWithTooManyConnectionsIsClosedAtOnceAndAnotherIsServed() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .setting("connections.max-per-client", "2")
                        .start();
                RawClient first = new RawClient(tomcat.localPort, "127.0.0.2");
                RawClient second = new RawClient(tomcat.localPort, "127.0.0.2")) {
            assertThat(first.get("/ok").read().status()).isEqualTo(200);
            for (int i = 0; i < 50; i++) {
                try (RawClient third = new RawClient(tomcat.localPort, "127.0.0.2")) {
                    assertThat(third.isClosedByServer()).isTrue();
                }
            }
            try (RawClient other = new RawClient(tomcat.localPort, "127.0.0.3")) {
                assertThat(other.get("/ok").read().status()).isEqualTo(200);
            }
            DecisionCounts counts = tomcat.port.guard().counts(Attempt.Kind.CONNECTION);
            assertThat(counts.rejected(Reason.CLIENT_CONNECTIONS)).isEqualTo(50);
            second.hangUp();
            Await.until("room again", () -> tomcat.active(Attempt.Kind.CONNECTION) == 1);
            try (RawClient fourth = new RawClient(tomcat.localPort, "127.0.0.2")) {
                assertThat(fourth.get("/ok").read().status()).isEqualTo(200);
            }
            first.hangUp();
            tomcat.awaitNothingActive();
            // One is the place that the acceptor holds while it waits.
            Await.until("Tomcat counts as well", () -> endpoint(tomcat).getConnectionCount() == 1);
            assertThat(endpoint(tomcat).getConnections()).isEmpty();
        }
    }

    @Test
    void theHighestCountOfAllHoldsEvenWhereTomcatsOwnIsLower() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                .setting("connections.max", "4")
                .connector(connector -> connector.setProperty("maxConnections", "2"))
                .start()) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(new RawClient(tomcat.localPort));
                assertThat(clients.get(i).get("/ok").read().status()).isEqualTo(200);
            }
            try (RawClient fifth = new RawClient(tomcat.localPort)) {
                assertThat(fifth.isClosedByServer()).isTrue();
            }
            tomcat.port.settings().tune("connections.max", "5", 0);
            clients.add(new RawClient(tomcat.localPort));
            assertThat(clients.get(4).get("/ok").read().status()).isEqualTo(200);
            clients.forEach(RawClient::close);
        }
    }

    @Test
    void connectionsAreGivenBackHoweverTheyEnd() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().start()) {
            for (int i = 0; i < 20; i++) {
                RawClient silent = new RawClient(tomcat.localPort);
                RawClient half = new RawClient(tomcat.localPort).sendBytes("GET /ok HT");
                RawClient served = new RawClient(tomcat.localPort).get("/ok");
                RawClient wrong = new RawClient(tomcat.localPort).sendBytes("\u0016\u0003\u0001 no HTTP\r\n\r\n");
                if (i % 2 == 0) {
                    silent.reset();
                    half.reset();
                    served.reset();
                    wrong.reset();
                } else {
                    silent.hangUp();
                    half.hangUp();
                    served.hangUp();
                    wrong.hangUp();
                }
            }
            Await.until(
                    "all were accepted",
                    () -> tomcat.port.guard().counts(Attempt.Kind.CONNECTION).admitted() == 80);
            tomcat.awaitNothingActive();
            Await.until("Tomcat counts as well", () -> endpoint(tomcat).getConnectionCount() == 1);
        }
    }

    @Test
    void aGuardThatDoesNotEnforceLeavesTomcatAsItWas() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                .connector(connector -> {
                    connector.setProperty("keepAliveTimeout", "7000");
                    connector.setProperty("maxConnections", "300");
                })
                .start()) {
            tomcat.port.settings().tune("connections.max", "1000", 0);
            assertThat(endpoint(tomcat).getMaxConnections()).isEqualTo(1001);
            tomcat.port.settings().tune("mode", "shadow", 0);
            assertThat(endpoint(tomcat).getKeepAliveTimeout()).isEqualTo(7000);
            assertThat(endpoint(tomcat).getMaxConnections()).isEqualTo(300);
            tomcat.connectionRule.refuse(Reason.BANNED);
            try (RawClient client = new RawClient(tomcat.localPort)) {
                assertThat(client.get("/ok").read().status()).isEqualTo(200);
            }
            assertThat(tomcat.port.guard().counts(Attempt.Kind.CONNECTION).wouldReject())
                    .isEqualTo(1);
        }
    }

    @Test
    void silentPeersAreProbed() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with().start();
                RawClient client = new RawClient(tomcat.localPort)) {
            client.get("/ok").read();
            for (SocketWrapperBase<NioChannel> wrapper : endpoint(tomcat).getConnections()) {
                SocketChannel socket = wrapper.getSocket().getIOChannel();
                assertThat(socket.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
                if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
                    assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE))
                            .isEqualTo(60);
                }
            }
        }
    }

    @Test
    void theTimeThatATaskWaitsForAThreadIsMeasured() throws Exception {
        FakeClock clock = new FakeClock();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .clock(clock)
                        .withoutHousekeeping()
                        .connector(connector -> {
                            connector.setProperty("maxThreads", "1");
                            connector.setProperty("minSpareThreads", "1");
                        })
                        .servlet("/wait", (request, response) -> {
                            entered.countDown();
                            Await.latch(leave);
                        })
                        .start();
                RawClient working = new RawClient(tomcat.localPort);
                RawClient waiting = new RawClient(tomcat.localPort)) {
            working.get("/wait");
            Await.latch(entered);
            assertThat(tomcat.port.queueDelay().sample(clock.nanoTime())).isZero();
            waiting.get("/ok");
            ThreadPoolExecutor executor = (ThreadPoolExecutor) tomcat.protocol().getExecutor();
            // The guard's own probe of the executor waits as well.
            Await.until("queued", () -> executor.getQueue().size() == 2);
            clock.advance(Duration.ofMillis(200));
            leave.countDown();
            assertThat(waiting.read().status()).isEqualTo(200);
            assertThat(tomcat.port.queueDelay().sample(clock.nanoTime())).isEqualTo(10);
        }
    }

    @Test
    void whatIsOpenWhenTomcatStopsIsGivenBack() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .servlet(
                                "/never",
                                (request, response) -> request.startAsync().setTimeout(0))
                        .start();
                RawClient silent = new RawClient(tomcat.localPort);
                RawClient kept = new RawClient(tomcat.localPort);
                RawClient pending = new RawClient(tomcat.localPort)) {
            kept.get("/ok").read();
            pending.get("/never");
            Await.until("pending", () -> tomcat.active(Attempt.Kind.REQUEST) == 1);
            Await.until("connected", () -> tomcat.active(Attempt.Kind.CONNECTION) == 3);
            tomcat.connector.stop();
            assertThat(tomcat.active(Attempt.Kind.CONNECTION)).isZero();
            assertThat(silent.isClosedByServer()).isTrue();
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreadsServeAsWell() throws Exception {
        try (RunningTomcat tomcat = RunningTomcat.with()
                        .connector(connector -> connector.setProperty("useVirtualThreads", "true"))
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            tomcat.rule.refuse(Reason.OVERLOAD);
            assertThat(client.get("/ok").read().status()).isEqualTo(503);
            tomcat.rule.pass();
            assertThat(client.get("/ok").read().status()).isEqualTo(200);
        }
    }

    @Test
    void aUnixDomainSocketHasNoAddressAndIsServed(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("socket");
        try (RunningTomcat tomcat = RunningTomcat.with()
                .connector(connector -> connector.setProperty("unixDomainSocketPath", path.toString()))
                .start()) {
            try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                socket.connect(UnixDomainSocketAddress.of(path));
                socket.write(
                        ByteBuffer.wrap("GET /ok HTTP/1.1\r\nHost: test\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
                ByteBuffer answer = ByteBuffer.allocate(1000);
                socket.read(answer);
                assertThat(new String(answer.array(), StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.1 200");
                assertThat(tomcat.active(Attempt.Kind.CONNECTION)).isEqualTo(1);
            }
        }
    }

    private static GuardedNioEndpoint endpoint(RunningTomcat tomcat) {
        return ((GuardedHttp11NioProtocol) tomcat.protocol()).endpoint();
    }
}
