package io.portguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.portguard.connection.Bandwidth;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds a connection to what its client may send and be sent each second: bytes count as they go to and come from the
 * network, behind a PROXY preamble. It is in the pipeline only where there has been a cap. Confined to the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // told to the promises
final class BandwidthGuard extends ChannelDuplexHandler {

    /*
     * While reading is held up nobody's read() gets through. That is not enough where auto-read is on, since then the
     * channel stays registered for what comes; only switching it off takes it out. But whether it is on says whether the
     * owner wants to read, and whoever switches it meanwhile must not be overruled when the wait is over. So it is off for
     * no longer than to the end of the present turn of reading, which ends there for that, and is on again afterwards with
     * nobody listening to the read() that this brings about.
     */

    private final GuardedPort port;
    private final GuardedConnection connection;
    private @Nullable Pace reads;
    private @Nullable PacedWrites writes;
    private boolean holding;
    private boolean autoReadIsDue;
    private boolean readWanted;

    private BandwidthGuard(GuardedPort port, GuardedConnection connection) {
        this.port = port;
        this.connection = connection;
    }

    /** Puts it where bytes come from the edge, or first where there is none; nothing when it is there already. */
    static void place(Channel channel, GuardedPort port, GuardedConnection connection) {
        ChannelPipeline pipeline = channel.pipeline();
        if (!channel.isOpen() || pipeline.get(BandwidthGuard.class) != null) {
            return;
        }
        ChannelHandlerContext behind = pipeline.context(ReaderWatch.class);
        BandwidthGuard guard = new BandwidthGuard(port, connection);
        if (behind == null) {
            pipeline.addFirst(guard);
        } else {
            pipeline.addBefore(behind.name(), null, guard);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        Bandwidth caps = port.openConnections().bandwidth();
        reads = new Pace(port, connection, caps.reads(), () -> goOn(context));
        writes = new PacedWrites(context, port, connection, caps.writes());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        int bytes = message instanceof ByteBuf read ? read.readableBytes() : 0;
        context.fireChannelRead(message);
        Pace pace = reads();
        if (bytes > 0 && !pace.isFree() && !pace.take(bytes, context)) {
            hold(context.channel().config());
        }
    }

    private void hold(ChannelConfig config) {
        if (!holding) {
            holding = true;
            connection.readsHeld(true);
        }
        if (config.isAutoRead()) {
            config.setAutoRead(false);
            autoReadIsDue = true;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (autoReadIsDue) {
            autoReadIsDue = false;
            context.channel().config().setAutoRead(true);
        }
        context.fireChannelReadComplete();
    }

    @Override
    public void read(ChannelHandlerContext context) {
        if (holding) {
            readWanted = true;
        } else {
            context.read();
        }
    }

    private void goOn(ChannelHandlerContext context) {
        holding = false;
        connection.readsHeld(false);
        if (readWanted) {
            readWanted = false;
            context.read();
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (writes().isPassing()) {
            context.write(message, promise);
        } else {
            writes().write(message, promise);
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        writes().flush();
    }

    /** Not when the guard itself closes it. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (connection.isClosedByGuard() || !writes().closeWhenSent(promise)) {
            context.close(promise);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        reads().close();
        writes().fail(new ClosedChannelException());
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        reads().close();
        if (context.channel().isActive()) {
            writes().passOn();
            goOn(context);
        } else {
            writes().fail(new ClosedChannelException());
        }
    }

    private Pace reads() {
        return Objects.requireNonNull(reads);
    }

    private PacedWrites writes() {
        return Objects.requireNonNull(writes);
    }
}
