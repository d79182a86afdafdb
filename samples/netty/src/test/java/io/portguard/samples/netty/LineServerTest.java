package io.portguard.samples.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.portguard.netty.GuardedPort;
import io.portguard.standard.StandardGuard;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineServerTest {

    private static final int PATIENCE_MILLIS = 10_000;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    @AfterEach
    void end() throws Exception {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    @ParameterizedTest
    @CsvSource({"a+b+c+, A+B+C+", "'', ''", "a+half, A+"})
    void whoHasSentAllAndClosesItsSideIsStillAnswered(String sent, String answered) throws Exception {
        assertThat(answers(Map.of(), sent.replace('+', '\n'))).isEqualTo(answered.replace('+', '\n'));
    }

    @Test
    void refusalsThatWaitBehindAnAnswerAreSentToo() throws Exception {
        Map<String, String> onlyOne = Map.of("clients.max-concurrent", "1");
        assertThat(answers(onlyOne, "a\nb\nc\n")).isEqualTo("A\nBUSY client-concurrency\nBUSY client-concurrency\n");
    }

    private String answers(Map<String, String> settings, String sent) throws Exception {
        try (StandardGuard guard =
                StandardGuard.builder("server").configure(settings).build()) {
            GuardedPort port = GuardedPort.of(guard);
            ServerBootstrap bootstrap = new ServerBootstrap()
                    .group(group)
                    .channel(NioServerSocketChannel.class)
                    .childHandler(new LineServer(new Workers(1, Duration.ofMillis(10)), port));
            Channel listening = port.install(bootstrap)
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .sync()
                    .channel();
            try (Socket client = new Socket(
                    InetAddress.getLoopbackAddress(), ((InetSocketAddress) listening.localAddress()).getPort())) {
                client.setSoTimeout(PATIENCE_MILLIS);
                client.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
                client.shutdownOutput();
                return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            } finally {
                listening.close().sync();
            }
        }
    }
}
