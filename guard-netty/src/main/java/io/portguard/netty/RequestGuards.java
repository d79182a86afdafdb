package io.portguard.netty;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the codecs in a pipeline and puts what guards requests right behind them. Confined to the event loop. */
final class RequestGuards {

    /** Netty's HTTP/2 codec need not be on the class path. */
    private static final boolean HTTP2_IS_THERE = isThere("io.netty.handler.codec.http2.Http2ConnectionHandler");

    private RequestGuards() {}

    /** Guards what there is by now; where a handshake has yet to choose the protocol, looks again then. */
    static void place(ChannelPipeline pipeline, GuardedPort port) {
        ChannelHandlerContext codec = http1Codec(pipeline);
        if (codec != null && pipeline.get(HttpRequestGuard.class) == null) {
            pipeline.addAfter(codec.name(), null, port.requestHandler());
        }
        if (HTTP2_IS_THERE) {
            OfHttp2.place(pipeline, port);
        }
        ChannelHandlerContext negotiation = pipeline.context(ApplicationProtocolNegotiationHandler.class);
        if (negotiation != null && pipeline.get(OnceNegotiated.class) == null) {
            pipeline.addBefore(negotiation.name(), null, new OnceNegotiated(port));
        }
    }

    /** The codec, or whichever of decoder and encoder comes last. */
    static @Nullable ChannelHandlerContext http1Codec(ChannelPipeline pipeline) {
        String last = null;
        for (Map.Entry<String, ChannelHandler> each : pipeline) {
            ChannelHandler handler = each.getValue();
            if (handler instanceof HttpServerCodec
                    || handler instanceof HttpRequestDecoder
                    || handler instanceof HttpResponseEncoder) {
                last = each.getKey();
            }
        }
        return last == null ? null : pipeline.context(last);
    }

    private static boolean isThere(String className) {
        try {
            Class.forName(className, false, RequestGuards.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    private static final class OfHttp2 {

        static void place(ChannelPipeline pipeline, GuardedPort port) {
            ChannelHandlerContext codec = pipeline.context(Http2ConnectionHandler.class);
            Http2RequestGuard guard = codec == null ? null : Http2RequestGuard.place(codec, port);
            if (guard != null && codec.handler() instanceof Http2FrameCodec) {
                pipeline.addAfter(codec.name(), null, new Http2StreamGate(guard));
            }
        }
    }

    /**
     * Stands before the handler that chooses the protocol after a TLS handshake: that has built the rest of the
     * pipeline by the time the event it was told has passed, and no request has been read yet.
     */
    private static final class OnceNegotiated extends ChannelInboundHandlerAdapter {

        private final GuardedPort port;

        OnceNegotiated(GuardedPort port) {
            this.port = port;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            context.fireUserEventTriggered(event);
            if (event instanceof SslHandshakeCompletionEvent && !context.isRemoved()) {
                ChannelPipeline pipeline = context.pipeline();
                pipeline.remove(this);
                port.guardRequests(pipeline);
            }
        }
    }
}
