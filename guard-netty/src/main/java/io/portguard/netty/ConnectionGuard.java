package io.portguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.portguard.Decision;
import io.portguard.Permit;
import io.portguard.Rejection;
import java.net.InetSocketAddress;

/**
 * Decides connections at the server channel, before they are given to an event loop of their own. One that is
 * refused is closed at once: it has cost an accept and a close, and no pipeline, no registration, no byte read.
 */
final class ConnectionGuard extends ChannelInboundHandlerAdapter {

    private final GuardedPort port;

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
