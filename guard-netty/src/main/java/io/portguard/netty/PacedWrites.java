package io.portguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.util.ReferenceCountUtil;
import io.portguard.connection.ClientBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What a connection's owner has written and may not be sent yet: in its order, a piece at a time. What waits here counts
 * for the channel's writability as what waits in its own buffer does. Confined to the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // told to the promises
final class PacedWrites {

    /*
     * A piece goes on when the client's bucket has it and the piece before was written to the socket: a client that does
     * not read is not paid for in advance, and the channel's own buffer holds one piece. The tokens of a piece are taken
     * before its wait, so that the connections of a client take turns.
     */

    /** Of the writability that Netty lets its users define, a bit that its own traffic shaping does not use. */
    private static final int WRITABILITY = 31;

    private static final int MAX_PIECE = 1 << 16;
    private static final int PIECES_PER_SECOND = 8;

    private final ChannelHandlerContext context;
    private final GuardedConnection connection;
    private final Pace pace;
    private final Queue<Write> writes = new ArrayDeque<>();
    private long waitingBytes;
    private boolean writable = true;

    /** How many of the writes have been flushed by whoever wrote them. */
    private int flushed;

    /** Bytes whose tokens are taken and that have not been written. */
    private int taken;

    private boolean inFlight;
    private boolean sending;
    private @Nullable ChannelPromise closing;

    PacedWrites(ChannelHandlerContext context, GuardedPort port, GuardedConnection connection, ClientBudget cap) {
        this.context = context;
        this.connection = connection;
        this.pace = new Pace(port, connection, cap, this::send);
    }

    /** Whether what is written may be passed on as it comes. */
    boolean isPassing() {
        return writes.isEmpty() && pace.isFree();
    }

    void write(Object message, ChannelPromise promise) {
        Write write = new Write(message, promise);
        writes.add(write);
        waiting(write.left());
    }

    void flush() {
        flushed = writes.size();
        if (flushed == 0) {
            context.flush();
        } else {
            send();
        }
    }

    /**
     * Takes over the close of a connection whose client would lose what only the cap holds back.
     *
     * @return whether it did
     */
    boolean closeWhenSent(ChannelPromise promise) {
        if (closing != null || flushed == 0 || !pace.isWaiting()) {
            return false;
        }
        closing = promise;
        return true;
    }

    private void send() {
        if (sending) {
            return;
        }
        sending = true;
        try {
            int unflushed = 0;
            while (flushed > 0 && !inFlight) {
                int piece = mayGo();
                if (piece < 0) {
                    break;
                }
                ChannelPromise written = sendPiece(piece);
                unflushed += piece;
                if (unflushed >= MAX_PIECE || flushed == 0) {
                    unflushed = 0;
                    flushAndFollow(written);
                }
            }
            if (unflushed > 0) {
                context.flush();
            }
        } finally {
            sending = false;
        }
        connection.writesHeld(pace.isWaiting());
        if (!pace.isWaiting()) {
            closeIfAsked();
        }
        if (writes.isEmpty()) {
            connection.paced(false);
        }
    }

    /** How many bytes of the first write may be sent now; -1 for none yet. */
    private int mayGo() {
        Write first = writes.element();
        if (taken == 0 && first.left() > 0 && !pace.isFree()) {
            taken = (int) Math.min(first.left(), Math.max(1, Math.min(MAX_PIECE, pace.rate() / PIECES_PER_SECOND)));
            if (!pace.take(taken, context)) {
                connection.paced(true);
            }
        }
        if (pace.isWaiting()) {
            return -1;
        }
        int piece = taken > 0 ? taken : (int) Math.min(first.left(), MAX_PIECE);
        taken = 0;
        return piece;
    }

    private ChannelPromise sendPiece(int piece) {
        Write first = writes.element();
        ChannelPromise written = first.promise;
        if (piece < first.left()) {
            written = context.newPromise();
            context.write(first.part(piece, context.alloc()), written);
        } else {
            writes.remove();
            flushed--;
            context.write(first.message, written);
        }
        waiting(-piece);
        return written;
    }

    private void flushAndFollow(ChannelPromise written) {
        context.flush();
        if (!written.isDone()) {
            inFlight = true;
            written.addListener(done -> {
                inFlight = false;
                send();
            });
        }
    }

    private void waiting(long more) {
        waitingBytes += more;
        Channel channel = context.channel();
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        boolean now = writable
                ? waitingBytes <= channel.config().getWriteBufferHighWaterMark()
                : waitingBytes < channel.config().getWriteBufferLowWaterMark();
        if (outbound != null && now != writable) {
            writable = now;
            outbound.setUserDefinedWritability(WRITABILITY, now);
        }
    }

    /** The connection has gone: nothing that waits will be sent. */
    void fail(Throwable cause) {
        pace.close();
        flushed = 0;
        for (Write write = writes.poll(); write != null; write = writes.poll()) {
            ReferenceCountUtil.release(write.message);
            write.promise.tryFailure(cause);
        }
        closeIfAsked();
    }

    private void closeIfAsked() {
        ChannelPromise asked = closing;
        if (asked != null) {
            closing = null;
            context.close(asked);
        }
    }

    /** The handler is being taken out: what waits goes at once. */
    void passOn() {
        pace.close();
        for (Write write = writes.poll(); write != null; write = writes.poll()) {
            context.write(write.message, write.promise);
        }
        waiting(-waitingBytes);
        context.flush();
        closeIfAsked();
    }

    /** What was written, and how much of it is left. */
    private static final class Write {

        private final Object message;
        private final ChannelPromise promise;

        Write(Object message, ChannelPromise promise) {
            this.message = message;
            this.promise = promise.unvoid();
        }

        long left() {
            if (message instanceof ByteBuf bytes) {
                return bytes.readableBytes();
            }
            return message instanceof FileRegion region ? region.count() - region.transferred() : 0;
        }

        /** The next bytes of it. A part of a file is read here, where the kernel would send it by itself. */
        ByteBuf part(int length, ByteBufAllocator allocator) {
            if (message instanceof FileRegion region) {
                return read(region, allocator.buffer(length, length));
            }
            return ((ByteBuf) message).readRetainedSlice(length);
        }

        private static ByteBuf read(FileRegion region, ByteBuf part) {
            try {
                region.transferTo(new Filling(part), region.transferred());
                return part;
            } catch (IOException fault) {
                part.release();
                throw new UncheckedIOException(fault);
            }
        }
    }

    /** Takes as many bytes as there is room for. */
    private record Filling(ByteBuf part) implements WritableByteChannel {

        @Override
        public int write(ByteBuffer source) {
            int length = Math.min(source.remaining(), part.writableBytes());
            part.writeBytes(source.slice().limit(length));
            source.position(source.position() + length);
            return length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
