package io.portguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.util.concurrent.Future;
import io.portguard.Decision;
import io.portguard.Permit;
import io.portguard.wire.ClientHello;
import io.portguard.wire.HandshakeFailure;
import io.portguard.wire.ServerNameRule;
import io.portguard.wire.ServerNameRules;
import org.jspecify.annotations.Nullable;

/**
 * Decides on a TLS handshake when the client's hello is complete and nothing dear has been done for it: by the server
 * name that is asked for, and by how many handshakes are in progress. In front of the TLS handler, to which it leaves the
 * hello as it came. Confined to the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // told to the listener that closes
final class ClientHelloGuard extends SslClientHelloHandler<Boolean> {

    private static final int UNRECOGNIZED_NAME = 112;
    private static final int DECODE_ERROR = 50;

    private final GuardedPort port;
    private final GuardedConnection connection;
    private final TlsHandshake handshake;
    private final boolean optional;
    private boolean refused;

    /** @param optional whether the port is one of TLS and of plain HTTP as well */
    ClientHelloGuard(GuardedPort port, GuardedConnection connection, TlsHandshake handshake, boolean optional) {
        this.port = port;
        this.connection = connection;
        this.handshake = handshake;
        this.optional = optional;
    }

    @Override
    protected Future<Boolean> lookup(ChannelHandlerContext context, @Nullable ByteBuf hello) {
        boolean goesOn = !refused;
        if (hello == null && optional) {
            handshake.notNeeded();
        }
        if (goesOn && hello != null) {
            handshake.helloSeen();
            try {
                goesOn = isAdmitted(context, hello);
            } catch (Throwable fault) {
                port.guard().fault("the decision on a handshake", fault);
            }
        }
        return context.executor().newSucceededFuture(goesOn);
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext context, Future<Boolean> decided) {
        if (decided.getNow()) {
            context.pipeline().remove(this);
        }
    }

    private boolean isAdmitted(ChannelHandlerContext context, ByteBuf bytes) {
        ServerNameRules rules = port.checks().serverNames();
        if (!rules.isEmpty()) {
            ClientHello hello = ClientHello.read(bytes.nioBuffer());
            ServerNameRule rule = rules.find(hello.serverName());
            if (!hello.wellFormed()) {
                // The TLS handler may read another name from it than the rules were asked about.
                if (port.checks().refusesHello(connection.attempts().connection())) {
                    refuse(context, HandshakeFailure.MALFORMED_HELLO, DECODE_ERROR);
                    return false;
                }
            } else if (rule != null) {
                if (port.checks().refuses(connection.attempts().connection(), rule)) {
                    refuse(context, HandshakeFailure.SERVER_NAME, UNRECOGNIZED_NAME);
                    return false;
                }
                if (rule.priority() != null) {
                    connection.attempts().otherwise(rule.priority());
                }
            }
        }
        Decision decision = port.guard().tryAdmit(connection.attempts().handshake());
        if (decision instanceof Permit permit) {
            handshake.admitted(permit);
            return true;
        }
        refused = true;
        handshake.failed(HandshakeFailure.REFUSED);
        context.close();
        return false;
    }

    /** Ends the connection with a fatal alert (RFC 8446, section 6), as the TLS handler would. */
    private void refuse(ChannelHandlerContext context, HandshakeFailure cause, int alert) {
        refused = true;
        handshake.failed(cause);
        byte[] record = {21, 3, 3, 0, 2, 2, (byte) alert};
        context.writeAndFlush(Unpooled.wrappedBuffer(record)).addListener(ChannelFutureListener.CLOSE);
    }
}
