package io.portguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.portguard.client.PreamblePolicy;
import io.portguard.wire.ProxyPreamble;
import io.portguard.wire.Spoken;
import java.util.List;

/**
 * Takes the PROXY preamble off a connection from a trusted proxy and asks whether the client that it names may have the
 * connection. In front of everything that reads bytes; gone once the first bytes are read. Confined to the event loop.
 *
 * <p>Netty's own decoder knows neither an optional preamble nor a checksum, and answers a malformed one by an exception.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close is told to the close future
final class ProxyPreambleGuard extends ByteToMessageDecoder {

    private final GuardedPort port;
    private final GuardedConnection connection;
    private final Spoken spoken;
    private boolean over;

    ProxyPreambleGuard(GuardedPort port, GuardedConnection connection, Spoken spoken) {
        this.port = port;
        this.connection = connection;
        this.spoken = spoken;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        if (spoken == Spoken.UNPROXIED) {
            // Where TLS or HTTP is spoken, its own time limit holds for what comes before it as well.
            connection.waitForFirstRequest();
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (over) {
            in.skipBytes(in.readableBytes());
            return;
        }
        boolean closes = false;
        try {
            int there = Math.min(in.readableBytes(), ProxyPreamble.MAX_LENGTH);
            ProxyPreamble preamble = ProxyPreamble.read(in.nioBuffer(in.readerIndex(), there));
            if (preamble.kind() == ProxyPreamble.Kind.INCOMPLETE) {
                return;
            }
            in.skipBytes(preamble.length());
            closes = isRefused(preamble);
        } catch (Throwable fault) {
            port.guard().fault("the preamble of a proxy", fault);
        }
        over = true;
        if (spoken == Spoken.UNPROXIED) {
            connection.upgraded();
        }
        if (closes) {
            in.skipBytes(in.readableBytes());
            context.close();
        } else {
            context.pipeline().remove(this);
        }
    }

    private boolean isRefused(ProxyPreamble preamble) {
        boolean required = port.checks().preamble() == PreamblePolicy.REQUIRED;
        return switch (preamble.kind()) {
            case PROXIED -> preamble.source() != null && !connection.identify(preamble.source(), preamble.sourcePort());
            case MALFORMED ->
                port.checks().refusesPreamble(connection.attempts().connection());
            case ABSENT ->
                required && port.checks().refusesPreamble(connection.attempts().connection());
            case LOCAL, INCOMPLETE -> false;
        };
    }
}
