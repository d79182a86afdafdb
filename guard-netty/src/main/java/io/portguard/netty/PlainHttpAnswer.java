package io.portguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Answers an HTTP request that came to a TLS port without TLS, as a person with a mistyped address would wish: 400 with a
 * sentence, once the request's header has ended. Confined to the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // told to the listener, which closes
final class PlainHttpAnswer extends ChannelInboundHandlerAdapter {

    /** How much of a header is waited for; a client that sends more is answered in the middle of it. */
    private static final int MAX_HEADER = 16 * 1024;

    private static final String BODY =
            "{\"status\":400,\"title\":\"Bad Request\",\"detail\":\"This port speaks HTTPS and no plain HTTP.\"}";
    private static final byte[] ANSWER = ("HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\n"
                    + "content-length: " + BODY.length() + "\r\nconnection: close\r\n\r\n" + BODY)
            .getBytes(StandardCharsets.US_ASCII);

    /**
     * How long the client may go on sending. Were the connection closed at once, what is still under way would be answered
     * by a reset, and the client might lose the answer before it has read it (RFC 9112, section 9.6).
     */
    private static final int LINGER_SECONDS = 2;

    private int read;

    /** How many of the line ends that have followed each other make the end of a header: CR LF CR LF, or LF LF. */
    private int lineEnds;

    private boolean answered;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf bytes) {
            read(context, bytes);
        }
        ReferenceCountUtil.release(message);
    }

    void read(ChannelHandlerContext context, ByteBuf bytes) {
        for (int i = bytes.readerIndex(); i < bytes.writerIndex() && !answered; i++) {
            byte b = bytes.getByte(i);
            lineEnds = b == '\n' ? lineEnds + 1 : b == '\r' ? lineEnds : 0;
            if (lineEnds == 2 || ++read == MAX_HEADER) {
                answered = true;
                context.writeAndFlush(Unpooled.wrappedBuffer(ANSWER)).addListener(sent -> closeInStages(context));
            }
        }
    }

    private static void closeInStages(ChannelHandlerContext context) {
        if (context.channel() instanceof DuplexChannel duplex && duplex.isActive()) {
            duplex.shutdownOutput();
            context.executor().schedule(() -> context.close(), LINGER_SECONDS, TimeUnit.SECONDS);
        } else {
            context.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!context.channel().config().isAutoRead()) {
            context.read();
        }
        context.fireChannelReadComplete();
    }
}
