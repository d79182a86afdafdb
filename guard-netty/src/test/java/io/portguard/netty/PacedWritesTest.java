package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.CharsetUtil;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What waits to be sent because the client has been sent as much as it may; a thousand bytes a second. */
@SuppressWarnings("FutureReturnValueIgnored") // what comes of a write is read from the channel
class PacedWritesTest {

    private static final int PIECE = 125;

    private final EmbeddedServer server = new EmbeddedServer(Map.of("clients.write-rate", "1000"));

    @TempDir
    Path folder;

    @BeforeEach
    void capped() {
        server.channel.pipeline().remove(HttpServerCodec.class);
        server.channel.pipeline().remove(HttpRequestGuard.class);
        server.guard.connections().forEachSocket(socket -> ((GuardedConnection) socket).capBandwidth());
    }

    @AfterEach
    void nothingIsLeft() {
        server.close();
    }

    @Test
    void whatIsWrittenComesInItsOrderAndInTime() {
        ChannelFuture first = write(letters('a', 900));
        ChannelFuture second = write(letters('b', 500));
        ChannelFuture third = write(letters('c', 1));
        assertThat(server.received()).isEqualTo("a".repeat(900));
        assertThat(first.isSuccess()).isTrue();

        server.pass(Duration.ofMillis(24));
        assertThat(server.received()).isEmpty();
        server.pass(Duration.ofMillis(1));
        assertThat(server.received()).isEqualTo("b".repeat(PIECE));
        assertThat(second.isDone()).isFalse();

        server.pass(Duration.ofMillis(375));
        assertThat(server.received()).isEqualTo("b".repeat(375));
        assertThat(second.isSuccess()).isTrue();
        server.pass(Duration.ofMillis(1));
        assertThat(server.received()).isEqualTo("c");
        assertThat(third.isSuccess()).isTrue();
    }

    @Test
    void whatIsNotFlushedIsNotSent() {
        ChannelFuture written = server.channel.write(letters('a', 10));
        assertThat(server.received()).isEmpty();
        server.channel.flush();
        assertThat(server.received()).isEqualTo("a".repeat(10));
        assertThat(written.isSuccess()).isTrue();
    }

    @Test
    void whatWaitsCountsForWritability() {
        server.channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1_000, 2_000));
        write(letters('a', 1_900));
        assertThat(server.channel.isWritable()).isTrue();
        write(letters('b', 1_101));
        assertThat(server.channel.isWritable()).isFalse();
        server.pass(Duration.ofSeconds(1));
        assertThat(server.channel.isWritable()).isFalse();
        server.pass(Duration.ofMillis(125));
        assertThat(server.channel.isWritable()).isTrue();
        server.received();
    }

    @Test
    void whatWaitsFailsAndIsFreedWhenTheConnectionGoes() {
        ByteBuf half = letters('a', 1_500);
        ByteBuf none = letters('b', 10);
        ChannelFuture first = write(half);
        ChannelFuture second = write(none);
        assertThat(server.received()).hasSize(1_000);

        server.guard.connections().forEachSocket(socket -> socket.close());
        server.channel.runPendingTasks();
        assertThat(first.cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(second.cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(half.refCnt()).isZero();
        assertThat(none.refCnt()).isZero();
    }

    @Test
    void anOwnersCloseWaitsForWhatOnlyTheCapHoldsBack() {
        write(letters('a', 1_500));
        ChannelFuture closed = server.channel.pipeline().close();
        assertThat(closed.isDone()).isFalse();
        server.pass(Duration.ofMillis(499));
        assertThat(server.channel.isOpen()).isTrue();
        server.pass(Duration.ofMillis(1));
        assertThat(server.received()).hasSize(1_500);
        assertThat(closed.isSuccess()).isTrue();
    }

    @Test
    void aFileIsSentInPieces() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "f".repeat(600) + "g".repeat(600));
        DefaultFileRegion region = new DefaultFileRegion(FileChannel.open(file), 100, 1_000);
        write(letters('a', 400));
        ChannelFuture written = write(region);
        assertThat(server.received()).isEqualTo("a".repeat(400) + "f".repeat(500));

        server.pass(Duration.ofMillis(275));
        assertThat(server.received()).isEqualTo("g".repeat(375));
        assertThat(written.isDone()).isFalse();
        server.pass(Duration.ofMillis(125));
        assertThat(written.isSuccess()).isTrue();
        Object rest = server.channel.readOutbound();
        assertThat(rest).isEqualTo(region);
        assertThat(region.count() - region.transferred()).isEqualTo(PIECE);
        region.release();
    }

    @Test
    void whatAVoidPromiseIsForIsSentToo() {
        server.channel.writeAndFlush(letters('a', 1_200), server.channel.voidPromise());
        server.pass(Duration.ofMillis(200));
        assertThat(server.received()).hasSize(1_200);
    }

    @Test
    void aHandlerThatIsTakenOutSendsWhatWaits() {
        write(letters('a', 1_500));
        server.channel.write(letters('b', 10));
        server.channel.pipeline().remove(BandwidthGuard.class);
        assertThat(server.received()).isEqualTo("a".repeat(1_500) + "b".repeat(10));
    }

    private ChannelFuture write(Object message) {
        return server.channel.writeAndFlush(message);
    }

    private static ByteBuf letters(char letter, int count) {
        return Unpooled.copiedBuffer(String.valueOf(letter).repeat(count), CharsetUtil.US_ASCII);
    }
}
