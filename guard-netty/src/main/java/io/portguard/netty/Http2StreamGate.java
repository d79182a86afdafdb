package io.portguard.netty;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.AsciiString;
import io.portguard.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Stands behind an {@code Http2FrameCodec}: keeps the news of a stream from the handlers behind until its request
 * is admitted, so that a refused one gets no channel of its own, and sees what is answered. Confined to the event
 * loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // told to the promise
final class Http2StreamGate extends ChannelDuplexHandler {

    private static final AsciiString GRPC_STATUS = AsciiString.cached("grpc-status");

    private final Http2RequestGuard guard;

    /** A stream that was opened and whose headers, read in the same go, are yet to be decided on. */
    private @Nullable Http2FrameStreamEvent held;

    Http2StreamGate(Http2RequestGuard guard) {
        this.guard = guard;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Http2FrameStreamEvent news
                && news.type() == Http2FrameStreamEvent.Type.State
                && isOfClient(news.stream())) {
            Http2Exchange exchange = guard.exchange(news.stream().id());
            if (exchange == null && isOpening(news.stream())) {
                held = news;
                return;
            }
            if (exchange != null && exchange.isRefused()) {
                return;
            }
        }
        context.fireUserEventTriggered(event);
    }

    private static boolean isOfClient(Http2FrameStream stream) {
        return stream.id() % 2 == 1;
    }

    private static boolean isOpening(Http2FrameStream stream) {
        return switch (stream.state()) {
            case OPEN, HALF_CLOSED_REMOTE -> true;
            default -> false;
        };
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        Http2FrameStreamEvent news = held;
        if (news != null && message instanceof Http2HeadersFrame headers) {
            held = null;
            if (news.stream().equals(headers.stream())) {
                context.fireUserEventTriggered(news);
            }
        }
        context.fireChannelRead(message);
    }

    /** A frame that is wrong on its stream: whoever listens to that resets it, often as if it did so of its own accord. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Http2Exchange exchange = cause instanceof Http2FrameStreamException fault
                ? guard.exchange(fault.stream().id())
                : null;
        boolean wasInProgress = exchange != null && exchange.isInProgress();
        context.fireExceptionCaught(cause);
        if (wasInProgress) {
            guard.madeToReset();
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof Http2HeadersFrame headers && headers.stream() != null) {
            Http2Exchange exchange = guard.exchange(headers.stream().id());
            if (exchange != null) {
                answered(exchange, headers.headers());
            }
        }
        context.write(message, promise);
    }

    private void answered(Http2Exchange exchange, Http2Headers headers) {
        CharSequence status = headers.status();
        HttpStatusClass kind = status == null ? HttpStatusClass.UNKNOWN : HttpStatusClass.valueOf(status);
        CharSequence ofCall = headers.get(GRPC_STATUS);
        if (kind == HttpStatusClass.SERVER_ERROR || (ofCall != null && isFault(ofCall.toString()))) {
            exchange.outcome(Outcome.FAILURE);
        } else if (kind == HttpStatusClass.CLIENT_ERROR) {
            guard.answered(exchange, AsciiString.of(status).parseInt());
        } else if (exchange.isTunnel() && kind == HttpStatusClass.SUCCESS) {
            exchange.end(Outcome.IGNORED);
        }
    }

    /** Whether a gRPC status is the service's fault: UNKNOWN, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE, DATA_LOSS. */
    private static boolean isFault(String grpcStatus) {
        return switch (grpcStatus) {
            case "2", "4", "13", "14", "15" -> true;
            default -> false;
        };
    }
}
