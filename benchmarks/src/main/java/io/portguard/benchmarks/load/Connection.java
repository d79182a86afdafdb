package io.portguard.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection and the request on it, if there is one: the last handler of its channel. Used on the
 * generator's event loop alone.
 */
// A write or close that fails ends the channel, and that is listened to.
@SuppressWarnings("FutureReturnValueIgnored")
final class Connection extends ChannelInboundHandlerAdapter {

    /** Who is told what happens on a connection. */
    interface Owner {
        void connected(Connection connection);

        /** The request has been answered in full; the connection has no request any more. */
        void answered(Connection connection, Stream stream, int status, String reason, boolean reusable);

        /** The connection ended, or was never made, and not because its owner closed it. */
        void ended(Connection connection);

        /** The generator itself went wrong. */
        void failed(Throwable cause);
    }

    // A refusal's body is short; whoever sends more is read no further.
    private static final int MAX_BODY = 512;

    final Client client;
    private final Owner owner;
    private final Reasons reasons;
    private @Nullable Channel channel;
    private boolean connected;
    private boolean closedByOwner;
    private @Nullable Stream stream;
    private long due;
    private int status;
    private boolean reusable;
    private byte @Nullable [] body;
    private int bodyLength;

    /** Where its owner keeps it among those with a request; -1 if it has none. */
    int busyIndex = -1;

    Connection(Client client, Owner owner, Reasons reasons) {
        this.client = client;
        this.owner = owner;
        this.reasons = reasons;
    }

    void begin(Connector connector) {
        channel = connector.connect(this, client.address());
        channel.closeFuture().addListener(future -> {
            if (!closedByOwner) {
                owner.ended(this);
            }
        });
    }

    /** Puts a request on this connection; it is sent now, or as soon as the connection is made. */
    void put(Stream request, long requestDue) {
        stream = request;
        due = requestDue;
        if (connected) {
            send(request);
        }
    }

    private void send(Stream request) {
        Channel open = Objects.requireNonNull(channel);
        open.writeAndFlush(request.request().duplicate(), open.voidPromise());
    }

    @Nullable
    Stream stream() {
        return stream;
    }

    long due() {
        return due;
    }

    boolean isConnected() {
        return connected;
    }

    /** Closes the connection; its owner hears no more of it. */
    void close() {
        closedByOwner = true;
        if (channel != null) {
            channel.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (closedByOwner) {
            return;
        }
        connected = true;
        // begin() may not have returned yet.
        channel = context.channel();
        owner.connected(this);
        if (stream != null) {
            send(stream);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (!closedByOwner && message instanceof HttpObject part) {
                read(part);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(HttpObject part) {
        if (part.decoderResult().isFailure() || stream == null) {
            // Not HTTP, or an answer nobody asked for.
            Objects.requireNonNull(channel).close();
            return;
        }
        if (part instanceof HttpResponse response) {
            status = response.status().code();
            reusable = HttpUtil.isKeepAlive(response);
            bodyLength = 0;
        }
        if (part instanceof HttpContent content && status >= 400) {
            keep(content.content());
        }
        if (part instanceof LastHttpContent && status >= 200) {
            Stream answered = stream;
            stream = null;
            String reason = body == null ? "" : reasons.find(body, bodyLength);
            owner.answered(this, answered, status, reason, reusable);
        }
    }

    private void keep(ByteBuf content) {
        int length = Math.min(content.readableBytes(), MAX_BODY - bodyLength);
        if (length > 0) {
            if (body == null) {
                body = new byte[MAX_BODY];
            }
            content.getBytes(content.readerIndex(), body, bodyLength, length);
            bodyLength += length;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A reset, as a rule; the channel's end is what counts then.
        if (!(cause instanceof IOException)) {
            owner.failed(cause);
        }
        context.close();
    }
}
