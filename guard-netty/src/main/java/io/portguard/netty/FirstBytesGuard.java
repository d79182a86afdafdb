package io.portguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.portguard.Mode;
import io.portguard.wire.FirstBytes;
import io.portguard.wire.HandshakeFailure;
import io.portguard.wire.Sight;
import io.portguard.wire.Spoken;

/**
 * Looks at the first bytes of a connection for a protocol that is not spoken here. Bytes are passed on as they come, so
 * that nobody waits for a signature to be complete; once they are known to be wrong, the rest is dropped. Gone once they
 * are known to be right. Confined to the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close is told to the close future
final class FirstBytesGuard extends ChannelInboundHandlerAdapter {

    private final GuardedPort port;
    private final GuardedConnection connection;
    private final FirstBytes looking;
    private final Spoken spoken;
    private final byte[] first;
    private int length;

    /** What is read is dropped until it is known what it was, and then. */
    private boolean dropping;

    FirstBytesGuard(GuardedPort port, GuardedConnection connection, FirstBytes looking, Spoken spoken) {
        this.port = port;
        this.connection = connection;
        this.looking = looking;
        this.spoken = spoken;
        this.first = new byte[looking.extent()];
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        boolean passes = true;
        if (length == 0) {
            connection.speaks();
        }
        try {
            passes = !(message instanceof ByteBuf bytes) || look(context, bytes);
        } catch (Throwable fault) {
            port.guard().fault("a look at the first bytes", fault);
            context.pipeline().remove(this);
        }
        if (passes) {
            context.fireChannelRead(message);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    /** Returns whether the bytes are to be passed on. */
    private boolean look(ChannelHandlerContext context, ByteBuf bytes) {
        int more = Math.min(bytes.readableBytes(), first.length - length);
        bytes.getBytes(bytes.readerIndex(), first, length, more);
        length += more;
        Sight sight = looking.look(first, length);
        if (sight instanceof Sight.Strange strange) {
            context.pipeline().remove(this);
            boolean refused = port.checks().refuses(connection.attempts().connection(), strange);
            if (refused) {
                refuse(context, bytes, strange);
            }
            return !refused;
        }
        if (sight == Sight.FAMILIAR) {
            context.pipeline().remove(this);
        } else if (sight == Sight.UNNAMED && port.guard().mode() == Mode.ENFORCE) {
            dropping = true;
        }
        return !dropping;
    }

    private void refuse(ChannelHandlerContext context, ByteBuf bytes, Sight.Strange strange) {
        if (spoken == Spoken.TLS) {
            port.checks().failed(connection.attempts().connection(), HandshakeFailure.NOT_TLS);
        }
        if (spoken == Spoken.TLS && strange.protocol().equals(FirstBytes.HTTP) && !strange.configured()) {
            PlainHttpAnswer answer = new PlainHttpAnswer();
            context.pipeline().addFirst(answer);
            answer.read(context.pipeline().firstContext(), bytes);
        } else {
            context.pipeline().addFirst(new Dropping());
            context.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (dropping && !context.channel().config().isAutoRead()) {
            context.read();
        }
        context.fireChannelReadComplete();
    }

    /** Stands in for what was there while the connection is being closed. */
    private static final class Dropping extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }
    }
}
