package io.portguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Sees, in front of the TLS handler, a fatal alert that a client sends in the clear. OpenSSL's client does so when it turns
 * down the certificate of a TLS 1.3 server, and the JDK before 25 takes that for a record that it cannot decrypt. Gone when
 * the handshake is over. Confined to the event loop.
 */
final class AlertWatch extends ChannelInboundHandlerAdapter {

    /** Type, version and length of the record, level and description. */
    private static final int RECORD_LENGTH = 7;

    private static final long FATAL_ALERT = 0x15_03_00_00_02_02L;
    private static final long ANY_MINOR_VERSION = 0xff_ff_00_ff_ff_ffL;

    private final TlsHandshake handshake;

    AlertWatch(TlsHandshake handshake) {
        this.handshake = handshake;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (handshake.isOver()) {
            context.pipeline().remove(this);
        } else if (message instanceof ByteBuf bytes && bytes.readableBytes() >= RECORD_LENGTH) {
            // It is the last that the client sends, behind a change of cipher spec for instance.
            int at = bytes.writerIndex() - RECORD_LENGTH;
            long header = (long) bytes.getUnsignedMedium(at) << 24 | bytes.getUnsignedMedium(at + 3);
            if ((header & ANY_MINOR_VERSION) == FATAL_ALERT) {
                handshake.alert(bytes.getUnsignedByte(at + 6));
            }
        }
        context.fireChannelRead(message);
    }
}
