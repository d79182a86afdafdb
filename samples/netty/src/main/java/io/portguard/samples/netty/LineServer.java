package io.portguard.samples.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import io.portguard.Priority;
import io.portguard.netty.GuardedPort;
import java.util.Locale;

/**
 * A line protocol: each line is a unit of work and comes back in capitals, or BUSY and a reason. A client that has sent
 * all and closes its side is still answered.
 */
final class LineServer extends ChannelInitializer<Channel> {

    private final Workers workers;
    private final GuardedPort port;

    LineServer(Workers workers, GuardedPort port) {
        this.workers = workers;
        this.port = port;
    }

    @Override
    protected void initChannel(Channel connection) {
        connection.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        connection
                .pipeline()
                .addLast(
                        new LineBasedFrameDecoder(1024),
                        new StringDecoder(),
                        new StringEncoder(),
                        port.messageHandler(line -> Priority.NORMAL, refused -> "BUSY " + refused.reason() + "\n"),
                        new Capitals());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a client that has gone wants no answer
    private final class Capitals extends SimpleChannelInboundHandler<String> {

        private int unanswered;
        private boolean last;

        @Override
        protected void channelRead0(ChannelHandlerContext context, String line) {
            unanswered++;
            workers.work(context.executor(), () -> {
                context.writeAndFlush(line.toUpperCase(Locale.ROOT) + "\n");
                unanswered--;
                closeIfDone(context);
            });
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                last = true;
                closeIfDone(context);
            }
            context.fireUserEventTriggered(event);
        }

        private void closeIfDone(ChannelHandlerContext context) {
            if (last && unanswered == 0) {
                // Behind the refusals that the guard has written after the last answer.
                context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        }
    }
}
