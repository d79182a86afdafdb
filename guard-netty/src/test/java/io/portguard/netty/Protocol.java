package io.portguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http2.CleartextHttp2ServerUpgradeHandler;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ServerUpgradeCodec;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.codec.http2.HttpToHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.InboundHttp2ToHttpAdapterBuilder;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.AsciiString;
import java.util.function.Supplier;

/** What a server under test speaks, as its owner would put it into the pipeline. */
interface Protocol {

    Protocol HTTP_1 = (pipeline, app) -> pipeline.addLast(new HttpServerCodec(), app.get());

    /** HTTP/2 with prior knowledge, each stream a channel of its own. */
    Protocol HTTP_2 = (pipeline, app) ->
            pipeline.addLast(Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(streams(app)));

    /** HTTP/2 with prior knowledge, one handler for all streams. */
    Protocol HTTP_2_ONE_HANDLER = (pipeline, app) -> {
        DefaultHttp2Connection connection = new DefaultHttp2Connection(true);
        pipeline.addLast(
                new HttpToHttp2ConnectionHandlerBuilder()
                        .connection(connection)
                        .frameListener(new InboundHttp2ToHttpAdapterBuilder(connection)
                                .maxContentLength(1 << 16)
                                .propagateSettings(false)
                                .build())
                        .build(),
                app.get());
    };

    /** HTTP/1.1, from which a client may upgrade, or HTTP/2 with prior knowledge. */
    Protocol HTTP_1_OR_2_IN_THE_CLEAR = (pipeline, app) -> {
        HttpServerCodec codec = new HttpServerCodec();
        HttpServerUpgradeHandler upgrades = new HttpServerUpgradeHandler(
                codec,
                protocol -> AsciiString.contentEquals(Http2CodecUtil.HTTP_UPGRADE_PROTOCOL_NAME, protocol)
                        ? new Http2ServerUpgradeCodec(
                                Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(streams(app)))
                        : null);
        pipeline.addLast(
                new CleartextHttp2ServerUpgradeHandler(codec, upgrades, new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        Http2FrameCodecBuilder.forServer().build(),
                                        new Http2MultiplexHandler(streams(app)));
                    }
                }),
                app.get());
    };

    /** A WebSocket that sends back whatever it receives. */
    Protocol WEB_SOCKET = (pipeline, app) -> pipeline.addLast(
            new HttpServerCodec(),
            new HttpObjectAggregator(1 << 16),
            new WebSocketServerProtocolHandler("/echo"),
            new SimpleChannelInboundHandler<WebSocketFrame>() {
                @Override
                @SuppressWarnings("FutureReturnValueIgnored") // the client is told of what comes of it
                protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
                    context.writeAndFlush(frame.retain());
                }
            });

    /** HTTPS, where the handshake chooses between HTTP/1.1 and HTTP/2. */
    static Protocol tls(SslContext context) {
        return (pipeline, app) -> pipeline.addLast(
                context.newHandler(pipeline.channel().alloc()),
                new ApplicationProtocolNegotiationHandler(ApplicationProtocolNames.HTTP_1_1) {
                    @Override
                    protected void configurePipeline(ChannelHandlerContext handshaken, String protocol) {
                        boolean http2 = protocol.equals(ApplicationProtocolNames.HTTP_2);
                        (http2 ? HTTP_2 : HTTP_1).addTo(handshaken.pipeline(), app);
                    }
                });
    }

    void addTo(ChannelPipeline pipeline, Supplier<ChannelHandler> app);

    static ChannelInitializer<Channel> streams(Supplier<ChannelHandler> app) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new Http2StreamFrameToHttpObjectCodec(true), app.get());
            }
        };
    }
}
