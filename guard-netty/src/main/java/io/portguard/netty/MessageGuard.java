package io.portguard.netty;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.portguard.Decision;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.Rejection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Admits and refuses the messages of one connection, each a unit of work that is answered by one message, in
 * their order: line protocols, RESP, length-prefixed calls. Confined to the channel's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is written is told to its promise
final class MessageGuard extends ChannelDuplexHandler {

    /** How many refusals wait behind an answer; a client that sends more without reading is shown the door. */
    static final int MAX_WAITING_REFUSALS = 100;

    private final GuardedPort port;
    private final Function<Object, Priority> priorities;
    private final Function<Rejection, Object> refusals;
    private final Exchanges<Object> exchanges = new Exchanges<>(this::waitForMessage);
    private @Nullable GuardedConnection connection;
    private boolean flushDue;

    MessageGuard(GuardedPort port, Function<Object, Priority> priorities, Function<Rejection, Object> refusals) {
        this.port = port;
        this.priorities = priorities;
        this.refusals = refusals;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        if (added.channel().isActive()) {
            begin(added);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        begin(active);
        active.fireChannelActive();
    }

    private GuardedConnection begin(ChannelHandlerContext begun) {
        GuardedConnection present = connection;
        if (present == null) {
            present = GuardedConnection.of(begun.channel(), port);
            connection = present;
            present.waitForFirstRequest();
        }
        return present;
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        exchanges.endAll(Outcome.IGNORED);
        inactive.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        exchanges.endAll(Outcome.IGNORED);
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        GuardedConnection present = begin(reading);
        present.requestBegins();
        Permit permit = null;
        try {
            Decision decision = port.guard().tryAdmit(present.attempts().work(priorities.apply(message)));
            if (decision instanceof Rejection rejection) {
                Object answer = refusals.apply(rejection);
                ReferenceCountUtil.release(message);
                refuse(reading, answer);
                return;
            }
            permit = (Permit) decision;
        } catch (Throwable fault) {
            port.guard().fault("the decision on a message", fault);
        }
        exchanges.admitted(permit);
        reading.fireChannelRead(message);
    }

    private void refuse(ChannelHandlerContext reading, Object answer) {
        if (exchanges.areAllAnswered()) {
            reading.write(answer);
            flushDue = true;
            waitForMessage();
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

    private void waitForMessage() {
        if (exchanges.areAllEnded() && connection != null) {
            connection.waitForNextRequest();
        }
    }
}
