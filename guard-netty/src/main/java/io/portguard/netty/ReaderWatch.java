package io.portguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import io.portguard.Mode;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection whose client does not read what it has asked for: more waits for it than its channel's high water
 * mark, and not a byte of that has gone for as long as a connection may be idle. It is the other half of a slow request,
 * holding memory and a permit instead of a connection. Confined to the event loop.
 */
final class ReaderWatch extends ChannelInboundHandlerAdapter {

    private static final int LOOKS = 8;

    private final GuardedPort port;
    private final GuardedConnection connection;
    private @Nullable Future<?> looking;
    private long waitingBytes;
    private long sinceNanos;

    ReaderWatch(GuardedPort port, GuardedConnection connection) {
        this.port = port;
        this.connection = connection;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        Channel channel = context.channel();
        port.unreadAnswers().changed(channel);
        if (!channel.isWritable() && looking == null) {
            waitingBytes = channel.bytesBeforeWritable();
            sinceNanos = port.guard().clock().nanoTime();
            lookAgain(context);
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (looking != null) {
            looking.cancel(false);
        }
        context.fireChannelInactive();
    }

    private void lookAgain(ChannelHandlerContext context) {
        long interval = Math.max(1, port.idleTimeoutNanos() / LOOKS);
        looking = context.executor().schedule(() -> look(context), interval, TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext context) {
        looking = null;
        Channel channel = context.channel();
        if (channel.isWritable() || !channel.isOpen()) {
            return;
        }
        long now = port.guard().clock().nanoTime();
        long waiting = channel.bytesBeforeWritable();
        if (waiting < waitingBytes || connection.areWritesHeld()) {
            sinceNanos = now;
        } else if (now - sinceNanos >= port.idleTimeoutNanos() && port.guard().mode() == Mode.ENFORCE) {
            connection.doesNotRead();
            return;
        }
        waitingBytes = waiting;
        lookAgain(context);
    }
}
