package io.portguard.netty;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.portguard.Decision;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Reason;
import io.portguard.Rejection;
import org.jspecify.annotations.Nullable;

/**
 * Admits and refuses the HTTP/1.1 requests of one connection, right behind the codec. Confined to the channel's
 * event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write is told to its promise, a close to the close future
final class HttpRequestGuard extends ExchangeGuard<FullHttpResponse> {

    /*
     * An admitted request holds its permit until the end of its response was written to the socket, or the
     * connection is gone. A refused one is answered at once, or as soon as those before it are, and its body is
     * read and dropped, so that the next request on the connection is found where it begins (RFC 9112, section
     * 9.3). Three kinds of refusal end the connection all the same, after the answer:
     *
     * - The client waits with its body for "100 Continue". Whether it sends the body after a refusal cannot be
     *   known, and to guess would be to read a body as a request (RFC 9110, section 10.1.1).
     * - The body is longer than is worth reading.
     * - The service is draining, or the client has not asked to keep the connection.
     *
     * The connection's reads are looked at only once it has sent a body or was refused something: a handler more or
     * less in their way is what most of a guard's cost is made of.
     */

    /** How many bytes of a refused request's body are read for the sake of keeping the connection. */
    static final int MAX_SWALLOWED_BYTES = 1 << 20;

    private final NettyRequest view = new NettyRequest();

    /** The end of the present request's body has not been read. */
    private boolean inBody;

    /** The present request was refused, and its body is being dropped. */
    private boolean swallowing;

    private long swallowedBytes;

    /** A refusal ends the connection; whatever comes after its request is dropped. */
    private boolean closing;

    /** The response that is being written ends the connection, because kept ones are too many. */
    private boolean lastAnswer;

    private @Nullable ChannelFuture lastRefusal;

    /** The connection has been given to another protocol. */
    private boolean upgraded;

    /** What is being written comes before the real response: a status of 1xx. */
    private boolean informational;

    /** How the exchange ends whose response is being written. */
    private Outcome outcome = Outcome.SUCCESS;

    private @Nullable Reads reads;
    private boolean flushDue;
    private boolean dropped;
    private boolean passedOn;

    HttpRequestGuard(GuardedPort port) {
        super(port);
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        if (!(message instanceof HttpObject)) {
            makeWay(reading);
            reading.fireChannelRead(message);
        } else if (upgraded) {
            reading.fireChannelRead(message);
        } else if (message instanceof HttpRequest request && !closing) {
            decide(reading, request);
        } else if (swallowing || closing) {
            drop(message);
        } else {
            if (message instanceof HttpContent content) {
                bodyRead(reading, content);
            }
            passedOn = true;
            reading.fireChannelRead(message);
        }
    }

    private void bodyRead(ChannelHandlerContext reading, HttpContent content) {
        GuardedConnection present = begin(reading);
        present.bodyBytesRead(content.content().readableBytes());
        if (isMalformed(content)) {
            present.malformed();
        }
        if (content instanceof LastHttpContent) {
            inBody = false;
            if (exchanges.areAllEnded()) {
                allEnded(now()); // It was answered before its end had come.
            }
        }
    }

    private void decide(ChannelHandlerContext reading, HttpRequest request) {
        GuardedConnection present = begin(reading);
        if (isMalformed(request)) {
            present.malformed();
        }
        long now = now();
        inBody = !(request instanceof LastHttpContent);
        if (inBody && reads == null && BodyWatch.announcesBody(request.headers())) {
            takePartInReading(reading);
        }
        Permit permit = null;
        try {
            Decision decision = port.guard()
                    .tryAdmit(
                            present.attempts().request(view.of(request, reading.channel())),
                            exchanges.spentPermit(),
                            now);
            if (decision instanceof Rejection rejection) {
                present.requestRefused(now);
                refuse(reading, request, rejection);
                return;
            }
            permit = (Permit) decision;
        } catch (Throwable fault) {
            port.guard().fault("the decision on a request", fault);
        } finally {
            view.clear();
        }
        present.requestBegins(now);
        exchanges.admitted(permit);
        passedOn = true;
        reading.fireChannelRead(request);
    }

    /** Who goes away in the middle of a header has sent nothing wrong. */
    private static boolean isMalformed(HttpObject message) {
        return message.decoderResult().isFailure()
                && !(message.decoderResult().cause() instanceof PrematureChannelClosureException);
    }

    private void refuse(ChannelHandlerContext reading, HttpRequest request, Rejection rejection) {
        boolean bodyIsUncertain = HttpUtil.is100ContinueExpected(request)
                || request.decoderResult().isFailure();
        boolean closes = bodyIsUncertain
                || rejection.reason() == Reason.DRAINING
                || !HttpUtil.isKeepAlive(request)
                || HttpUtil.getContentLength(request, 0L) > MAX_SWALLOWED_BYTES
                || exchanges.refused() == MAX_WAITING_REFUSALS;
        FullHttpResponse answer = port.refusals()
                .answer(
                        rejection,
                        Http1Answers.variant(fate(request, closes), HttpMethod.HEAD.equals(request.method())));
        takePartInReading(reading);
        // Nothing can fail from here on: above, the request would still have been let through.
        closing = closes;
        swallowing = inBody && !bodyIsUncertain;
        swallowedBytes = 0;
        dropped = true;
        ReferenceCountUtil.release(request);
        if (exchanges.areAllAnswered()) {
            lastRefusal = reading.write(answer);
            flushDue = true;
        } else {
            exchanges.refused(answer);
        }
        closeIfDue();
    }

    private static Http1Answers.Fate fate(HttpRequest request, boolean closes) {
        if (closes) {
            return Http1Answers.Fate.CLOSED;
        }
        return request.protocolVersion().isKeepAliveDefault()
                ? Http1Answers.Fate.KEPT
                : Http1Answers.Fate.KEPT_HTTP_1_0;
    }

    private void drop(Object message) {
        dropped = true;
        if (swallowing && message instanceof HttpContent content) {
            swallowedBytes += content.content().readableBytes();
            if (message instanceof LastHttpContent) {
                inBody = false;
                swallowing = false;
            } else if (swallowedBytes > MAX_SWALLOWED_BYTES) {
                closing = true;
                swallowing = false;
            }
            closeIfDue();
        }
        ReferenceCountUtil.release(message);
    }

    private void takePartInReading(ChannelHandlerContext reading) {
        if (reads == null) {
            dropped = false;
            passedOn = false;
            reads = new Reads();
            reading.pipeline().addAfter(reading.name(), null, reads);
        }
    }

    /** What has to be done about reading on a connection that has sent a body or was refused something. */
    private final class Reads extends ChannelDuplexHandler {

        /** Somebody is ready for more; until it comes it is the client who is waited for. */
        @Override
        public void read(ChannelHandlerContext reading) {
            GuardedConnection present = connection();
            if (inBody && !swallowing && present != null) {
                present.awaitsBody(true);
            }
            reading.read();
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext reading) {
            GuardedConnection present = connection();
            if (present != null) {
                present.awaitsBody(false);
            }
            if (flushDue) {
                flushDue = false;
                reading.flush();
            }
            boolean nobodyElseWillRead = dropped && !passedOn;
            dropped = false;
            passedOn = false;
            if (nobodyElseWillRead && !reading.channel().config().isAutoRead()) {
                reading.read();
            }
            reading.fireChannelReadComplete();
        }
    }

    /** The codec may have made way for another one: a client that began with HTTP/2 is told of by an event. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        // By name, because Netty's HTTP/2 codec need not be on the class path.
        if (event.getClass().getSimpleName().equals("PriorKnowledgeUpgradeEvent")) {
            makeWay(context);
        }
        context.fireUserEventTriggered(event);
    }

    /** Nobody speaks HTTP/1.1 here any more; if it is HTTP/2 now, that is guarded. */
    private void makeWay(ChannelHandlerContext leaving) {
        begin(leaving).upgraded();
        port.guardRequests(leaving.pipeline());
        if (!leaving.isRemoved()) {
            leaving.pipeline().remove(this);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        super.handlerRemoved(removed);
        Reads present = reads;
        reads = null;
        if (present != null && removed.pipeline().context(present) != null) {
            removed.pipeline().remove(present);
        }
    }

    @Override
    public void write(ChannelHandlerContext writing, Object message, ChannelPromise promise) {
        if (!upgraded && message instanceof HttpResponse response) {
            begins(response);
        }
        Exchange<FullHttpResponse> answered =
                upgraded || informational || !(message instanceof LastHttpContent) ? null : exchanges.answered();
        if (answered == null) {
            writing.write(message, promise);
            return;
        }
        answered.outcome(outcome);
        ChannelPromise written = promise.unvoid().addListener(answered);
        if (lastAnswer) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
        writing.write(message, written);
        // Those that wait behind it; whoever wrote the response flushes them with it.
        for (FullHttpResponse due = exchanges.dueRefusal(); due != null; due = exchanges.dueRefusal()) {
            lastRefusal = writing.write(due);
        }
        closeIfDue();
    }

    private void begins(HttpResponse response) {
        HttpResponseStatus status = response.status();
        if (status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            upgraded = true;
            exchanges.endAll(Outcome.IGNORED);
            GuardedConnection present = connection();
            if (present != null) {
                present.upgraded();
            }
        }
        informational = status.codeClass() == HttpStatusClass.INFORMATIONAL;
        outcome = status.codeClass() == HttpStatusClass.SERVER_ERROR ? Outcome.FAILURE : Outcome.SUCCESS;
        port.answered(exchanges.permitOfNext(), status.code());
        if (!informational && !inBody && port.endsKeptConnections() && exchanges.isOneUnanswered()) {
            HttpUtil.setKeepAlive(response, false);
            lastAnswer = true;
            closing = true;
        }
    }

    private void closeIfDue() {
        if (closing && !swallowing && lastRefusal != null && exchanges.areAllAnswered()) {
            lastRefusal.addListener(ChannelFutureListener.CLOSE);
            lastRefusal = null;
        }
    }

    @Override
    void allEnded(long nowNanos) {
        GuardedConnection present = connection();
        if (present != null && (!inBody || swallowing) && !upgraded) {
            present.waitForNextRequest(nowNanos);
        }
    }
}
