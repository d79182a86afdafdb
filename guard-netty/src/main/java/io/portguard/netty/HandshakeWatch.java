package io.portguard.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.portguard.wire.HandshakeFailure;

/** Hears, right behind the TLS handler, how its handshake ends. Gone afterwards. Confined to the event loop. */
final class HandshakeWatch extends ChannelInboundHandlerAdapter {

    private final TlsHandshake handshake;

    HandshakeWatch(TlsHandshake handshake) {
        this.handshake = handshake;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        handshake.begin();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent completion) {
            if (completion.isSuccess()) {
                handshake.succeeded();
                context.pipeline().remove(this);
            } else {
                handshake.failed(cause(completion.cause()));
            }
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        handshake.failed(HandshakeFailure.CLOSED);
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        handshake.failed(HandshakeFailure.CLOSED);
    }

    private HandshakeFailure cause(Throwable failure) {
        if (failure instanceof NotSslRecordException) {
            return HandshakeFailure.NOT_TLS;
        }
        HandshakeFailure told = HandshakeFailure.of(failure);
        int alert = handshake.alert();
        return told == HandshakeFailure.OTHER && alert >= 0 ? HandshakeFailure.ofAlert(alert) : told;
    }
}
