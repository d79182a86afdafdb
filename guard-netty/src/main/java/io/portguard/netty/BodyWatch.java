package io.portguard.netty;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Tells how fast the bodies of HTTP/1.1 requests come, where others decide on the requests. Right behind the codec, from
 * the first request of a connection on that has a body; confined to the channel's event loop.
 */
final class BodyWatch extends ChannelDuplexHandler {

    private final GuardedConnection connection;

    /** The end of the present request's body has not been read. */
    private boolean inBody = true;

    private BodyWatch(GuardedConnection connection) {
        this.connection = connection;
    }

    /** Puts one in if the request that has just been read announces a body, and there is none yet. */
    static void place(ChannelPipeline pipeline, HttpHeaders headers, GuardedConnection connection) {
        if (announcesBody(headers) && pipeline.get(BodyWatch.class) == null) {
            ChannelHandlerContext codec = RequestGuards.http1Codec(pipeline);
            if (codec != null) {
                pipeline.addAfter(codec.name(), null, new BodyWatch(connection));
            }
        }
    }

    /** Of a body that is not announced the codec reads nothing. */
    static boolean announcesBody(HttpHeaders headers) {
        return headers.contains(HttpHeaderNames.CONTENT_LENGTH) || headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        if (message instanceof HttpRequest) {
            inBody = true;
        }
        if (message instanceof HttpContent content) {
            connection.bodyBytesRead(content.content().readableBytes());
            inBody &= !(content instanceof LastHttpContent);
        }
        reading.fireChannelRead(message);
    }

    /** Somebody is ready for more; until it comes it is the client who is waited for. */
    @Override
    public void read(ChannelHandlerContext reading) {
        if (inBody) {
            connection.awaitsBody(true);
        }
        reading.read();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext reading) {
        connection.awaitsBody(false);
        reading.fireChannelReadComplete();
    }
}
