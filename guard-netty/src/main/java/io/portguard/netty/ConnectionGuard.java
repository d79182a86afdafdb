package io.portguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.portguard.ConnectionStance;
import io.portguard.Decision;
import io.portguard.Permit;
import io.portguard.Rejection;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Decides connections at the server channel, before they are given to an event loop of their own. One that is
 * refused is closed at once: it has cost an accept and a close, and no pipeline, no registration, no byte read.
 * Under pressure it stops accepting for a while, and the kernel queues who comes. Confined to the server
 * channel's event loop.
 */
final class ConnectionGuard extends ChannelDuplexHandler {

    /*
     * A pause has two halves. Auto-read is switched off, which takes the channel out of the selector at once. And
     * whoever asks to read meanwhile is not heard, because somebody will: Netty's own acceptor switches auto-read on
     * again a second after an accept has failed, whatever it is off for.
     */

    private static final long LOOK_AGAIN_MILLIS = 10;

    private final GuardedPort port;
    private boolean paused;

    ConnectionGuard(GuardedPort port) {
        this.port = port;
    }

    /** Where the server keeps its bootstrap to itself, the channel is bound already. */
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (context.channel().isActive()) {
            watchBacklog(context);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        watchBacklog(context);
        context.fireChannelActive();
    }

    private void watchBacklog(ChannelHandlerContext context) {
        try {
            Integer backlog = context.channel().config().getOption(ChannelOption.SO_BACKLOG);
            if (backlog != null && context.channel().localAddress() instanceof InetSocketAddress local) {
                port.watchBacklog(local.getPort(), backlog);
            }
        } catch (Throwable fault) {
            port.guard().fault("watching the backlog", fault);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof Channel channel && !admits(channel)) {
            // Not close(): a channel without an event loop has nobody to run that, nor anybody to tell of it.
            channel.unsafe().closeForcibly();
            return;
        }
        context.fireChannelRead(message);
        if (message instanceof Channel channel && !channel.isOpen()) {
            // One that could not be registered is closed without its close future being told.
            GuardedConnection.close(channel);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!paused && port.connectionStance() == ConnectionStance.PAUSE) {
            pause(context);
        }
        context.fireChannelReadComplete();
    }

    @Override
    public void read(ChannelHandlerContext context) {
        if (!paused) {
            context.read();
        }
    }

    @SuppressWarnings(
            "FutureReturnValueIgnored") // a loop that takes no more tasks is at its end, and so is its channel
    private void pause(ChannelHandlerContext context) {
        ChannelConfig config = context.channel().config();
        if (config.isAutoRead()) { // where it is off, whoever accepts by hand comes to read()
            paused = true;
            config.setAutoRead(false);
            context.executor().schedule(() -> goOnIfDue(context), LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored")
    private void goOnIfDue(ChannelHandlerContext context) {
        if (port.connectionStance() == ConnectionStance.PAUSE) {
            context.executor().schedule(() -> goOnIfDue(context), LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        paused = false;
        ChannelConfig config = context.channel().config();
        if (config.isAutoRead()) {
            context.read(); // Somebody has switched it on, and the read that belongs to it was not heard.
        } else {
            config.setAutoRead(true);
        }
    }

    private boolean admits(Channel channel) {
        try {
            GuardedConnection connection = GuardedConnection.accepted(channel, port);
            Decision decision = port.guard().tryAdmit(connection.attempts().connection());
            if (decision instanceof Rejection) {
                return false;
            }
            connection.keep((Permit) decision);
        } catch (Throwable fault) {
            port.guard().fault("the decision on a connection", fault);
        }
        return true;
    }
}
