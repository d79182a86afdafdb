package io.portguard.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.portguard.Decision;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.Rejection;
import java.util.function.Function;

/**
 * Admits and refuses the messages of one connection, each a unit of work that is answered by one message, in
 * their order: line protocols, RESP, length-prefixed calls. Confined to the channel's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is written is told to its promise
final class MessageGuard extends ExchangeGuard<Object> {

    private final Function<Object, Priority> priorities;
    private final Function<Rejection, Object> refusals;
    private boolean flushDue;

    MessageGuard(GuardedPort port, Function<Object, Priority> priorities, Function<Rejection, Object> refusals) {
        super(port);
        this.priorities = priorities;
        this.refusals = refusals;
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        GuardedConnection present = begin(reading);
        long now = now();
        Permit permit = null;
        try {
            Decision decision = port.guard()
                    .tryAdmit(present.attempts().work(priorities.apply(message)), exchanges.spentPermit(), now);
            if (decision instanceof Rejection rejection) {
                present.requestRefused(now);
                Object answer = refusals.apply(rejection);
                ReferenceCountUtil.release(message);
                refuse(reading, answer);
                return;
            }
            permit = (Permit) decision;
        } catch (Throwable fault) {
            port.guard().fault("the decision on a message", fault);
        }
        present.requestBegins(now);
        exchanges.admitted(permit);
        reading.fireChannelRead(message);
    }

    private void refuse(ChannelHandlerContext reading, Object answer) {
        if (exchanges.areAllAnswered()) {
            reading.write(answer);
            flushDue = true;
        } else if (exchanges.refused() == MAX_WAITING_REFUSALS) {
            ReferenceCountUtil.release(answer);
            reading.close();
        } else {
            exchanges.refused(answer);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext reading) {
        if (flushDue) {
            flushDue = false;
            reading.flush();
            if (!reading.channel().config().isAutoRead()) {
                reading.read();
            }
        }
        reading.fireChannelReadComplete();
    }

    @Override
    public void write(ChannelHandlerContext writing, Object message, ChannelPromise promise) {
        Exchange<Object> answered = exchanges.answered();
        if (answered == null) {
            writing.write(message, promise); // Nobody has asked: a greeting, or news that the server sends by itself.
            return;
        }
        ChannelPromise written = promise.unvoid().addListener(answered);
        if (port.endsKeptConnections() && exchanges.areAllAnswered()) {
            written.addListener(done -> writing.close());
        }
        writing.write(message, written);
        for (Object due = exchanges.dueRefusal(); due != null; due = exchanges.dueRefusal()) {
            writing.write(due);
        }
    }

    @Override
    void allEnded(long nowNanos) {
        GuardedConnection present = connection();
        if (present != null) {
            present.waitForNextRequest(nowNanos);
        }
    }
}
