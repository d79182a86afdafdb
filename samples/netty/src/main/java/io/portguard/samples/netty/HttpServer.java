package io.portguard.samples.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerExpectContinueHandler;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http2.CleartextHttp2ServerUpgradeHandler;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ServerUpgradeCodec;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** The service over HTTP/1.1 and HTTP/2, in the clear or over TLS; it knows nothing of the guard. */
final class HttpServer extends ChannelInitializer<Channel> {

    private final Workers workers;
    private final boolean http2;
    private final @Nullable SslContext tls;

    HttpServer(Workers workers, boolean http2, @Nullable SslContext tls) {
        this.workers = workers;
        this.http2 = http2;
        this.tls = tls;
    }

    /** TLS with a certificate for localhost that nobody has signed. */
    static SslContext tls(boolean http2) throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        SslContextBuilder builder = SslContextBuilder.forServer(certificate.toKeyManagerFactory());
        if (http2) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2,
                    ApplicationProtocolNames.HTTP_1_1));
        }
        return builder.build();
    }

    @Override
    protected void initChannel(Channel connection) {
        ChannelPipeline pipeline = connection.pipeline();
        if (tls != null) {
            pipeline.addLast(tls.newHandler(connection.alloc()));
        }
        if (!http2) {
            addHttp1(pipeline);
        } else if (tls != null) {
            pipeline.addLast(new Negotiation());
        } else {
            addHttp1OrHttp2(pipeline);
        }
    }

    private void addHttp1(ChannelPipeline pipeline) {
        pipeline.addLast(new HttpServerCodec(), new HttpServerExpectContinueHandler(), new Service(workers));
    }

    private void addHttp2(ChannelPipeline pipeline) {
        pipeline.addLast(Http2FrameCodecBuilder.forServer().build(), streams());
    }

    private Http2MultiplexHandler streams() {
        return new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new Http2StreamFrameToHttpObjectCodec(true), new Service(workers));
            }
        });
    }

    /** HTTP/2 from the first byte on, HTTP/1.1 and an upgrade from it, or HTTP/1.1 for good. */
    private void addHttp1OrHttp2(ChannelPipeline pipeline) {
        HttpServerCodec codec = new HttpServerCodec();
        HttpServerUpgradeHandler upgrades = new HttpServerUpgradeHandler(
                codec,
                protocol -> AsciiString.contentEquals(Http2CodecUtil.HTTP_UPGRADE_PROTOCOL_NAME, protocol)
                        ? new Http2ServerUpgradeCodec(
                                Http2FrameCodecBuilder.forServer().build(), streams())
                        : null);
        ChannelHandler fromTheFirstByte = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                addHttp2(connection.pipeline());
            }
        };
        pipeline.addLast(
                new CleartextHttp2ServerUpgradeHandler(codec, upgrades, fromTheFirstByte),
                new HttpServerExpectContinueHandler(),
                new Service(workers));
    }

    private final class Negotiation extends ApplicationProtocolNegotiationHandler {

        Negotiation() {
            super(ApplicationProtocolNames.HTTP_1_1);
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext handshaken, String protocol) {
            if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                addHttp2(handshaken.pipeline());
            } else {
                addHttp1(handshaken.pipeline());
            }
        }
    }
}
