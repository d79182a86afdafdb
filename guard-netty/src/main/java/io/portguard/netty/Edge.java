package io.portguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageCodec;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.OptionalSslHandler;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.handler.ssl.SslHandler;
import io.portguard.wire.FirstBytes;
import io.portguard.wire.Spoken;
import java.util.Map;

/**
 * What sees the bytes of a connection as they come from the network, before its owner's handlers: put in front of them
 * when they are in place, so that it can be told from them what is spoken here.
 */
final class Edge {

    private static final String HTTP2 = "io.netty.handler.codec.http2.";
    private static final String OWN_PREAMBLE_DECODER = "io.netty.handler.codec.haproxy.HAProxyMessageDecoder";

    private Edge() {}

    static void place(Channel channel, GuardedPort port) {
        ChannelPipeline pipeline = channel.pipeline();
        GuardedConnection connection = GuardedConnection.of(channel, port);
        Spoken spoken = spoken(pipeline);
        boolean readsPreambles = port.checks().arePreamblesRead() && !isThere(pipeline, OWN_PREAMBLE_DECODER);
        if (spoken == Spoken.UNKNOWN && readsPreambles) {
            spoken = Spoken.UNPROXIED;
        }

        // From back to front.
        if (spoken == Spoken.TLS || spoken == Spoken.HTTP_OR_TLS) {
            TlsHandshake handshake = new TlsHandshake(port, connection);
            pipeline.addAfter(nameOfTls(pipeline), null, new HandshakeWatch(handshake));
            pipeline.addFirst(new AlertWatch(handshake));
            pipeline.addFirst(new ClientHelloGuard(port, connection, handshake, spoken == Spoken.HTTP_OR_TLS));
        }
        FirstBytes looking = port.checks().firstBytes(spoken);
        if (!looking.isEmpty()) {
            pipeline.addFirst(new FirstBytesGuard(port, connection, looking, spoken));
        }
        if (readsPreambles && connection.attempts().isOfProxy()) {
            pipeline.addFirst(new ProxyPreambleGuard(port, connection, spoken));
        }
    }

    /** Not known unless the first handler that takes bytes says it: one before it may read something else first. */
    private static Spoken spoken(ChannelPipeline pipeline) {
        boolean optionalTls = false;
        for (Map.Entry<String, ChannelHandler> each : pipeline) {
            ChannelHandler handler = each.getValue();
            if (handler instanceof OptionalSslHandler) {
                optionalTls = true;
            } else if (handler instanceof SslHandler || handler instanceof SslClientHelloHandler) {
                return Spoken.TLS;
            } else if (isHttp(handler)) {
                return optionalTls ? Spoken.HTTP_OR_TLS : Spoken.HTTP;
            } else if (handler instanceof ByteToMessageDecoder || handler instanceof ByteToMessageCodec) {
                return Spoken.UNKNOWN;
            }
        }
        return Spoken.UNKNOWN;
    }

    /** By name where HTTP/2 is concerned: Netty's codec for it need not be on the class path. */
    private static boolean isHttp(ChannelHandler handler) {
        return handler instanceof HttpServerCodec
                || handler instanceof HttpRequestDecoder
                || handler.getClass().getName().startsWith(HTTP2);
    }

    private static String nameOfTls(ChannelPipeline pipeline) {
        for (Map.Entry<String, ChannelHandler> each : pipeline) {
            ChannelHandler handler = each.getValue();
            if (handler instanceof SslHandler
                    || handler instanceof SslClientHelloHandler
                    || handler instanceof OptionalSslHandler) {
                return each.getKey();
            }
        }
        throw new IllegalStateException("no TLS in the pipeline");
    }

    private static boolean isThere(ChannelPipeline pipeline, String className) {
        for (Map.Entry<String, ChannelHandler> each : pipeline) {
            if (each.getValue().getClass().getName().equals(className)) {
                return true;
            }
        }
        return false;
    }
}
