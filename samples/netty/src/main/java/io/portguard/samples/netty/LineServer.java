package io.portguard.samples.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import io.portguard.Priority;
import io.portguard.netty.GuardedPort;
import java.util.Locale;

/** A line protocol: each line is a unit of work and comes back in capitals, or BUSY and a reason. */
final class LineServer extends ChannelInitializer<Channel> {

    private final Workers workers;
    private final GuardedPort port;

    LineServer(Workers workers, GuardedPort port) {
        this.workers = workers;
        this.port = port;
    }

    @Override
    protected void initChannel(Channel connection) {
        connection
                .pipeline()
                .addLast(
                        new LineBasedFrameDecoder(1024),
                        new StringDecoder(),
                        new StringEncoder(),
                        port.messageHandler(line -> Priority.NORMAL, refused -> "BUSY " + refused.reason() + "\n"),
                        new SimpleChannelInboundHandler<String>() {
                            @Override
                            @SuppressWarnings("FutureReturnValueIgnored") // a client that has gone wants no answer
                            protected void channelRead0(ChannelHandlerContext context, String line) {
                                String answer = line.toUpperCase(Locale.ROOT) + "\n";
                                workers.work(context.executor(), () -> context.writeAndFlush(answer));
                            }
                        });
    }
}
