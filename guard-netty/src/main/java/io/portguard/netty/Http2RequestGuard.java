package io.portguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import io.portguard.Decision;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Reason;
import io.portguard.Rejection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Admits and refuses the requests of one HTTP/2 connection, between Netty's decoder and whoever listens to it:
 * an {@code Http2FrameCodec} or a handler of the owner's. Confined to the channel's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the connection, and that ends all
final class Http2RequestGuard extends Http2FrameListenerDecorator {

    /*
     * A refused request is answered with 403, 429 or 503 like one of HTTP/1.1, and not with REFUSED_STREAM:
     * that says "not looked at, try again" (RFC 9113, section 8.7), and clients do at once, without a word to
     * whoever waits for the answer; under load that is the opposite of what is wanted, and Retry-After is lost.
     * REFUSED_STREAM is right where another connection or another instance can do it at once, when the service
     * is draining (GOAWAY has told the client to go there), and where the client leaves no room for an answer.
     *
     * The body of a refused request is read and dropped, as over HTTP/1.1. To ask the client to stop at once, with
     * NO_ERROR behind the answer (section 8.1), would be allowed, but clients are about that hold it for a fault and
     * lose the answer, curl 7.88 for one. So only who sends more than is worth reading, or leaves many such streams
     * open, is asked to.
     *
     * An admitted request holds its permit until the end of its response was given to the connection, or its
     * stream was closed by either side.
     *
     * Of the known floods Netty ends those that would exhaust the connection: 200 resets in half a minute, by the
     * client (rapid reset, CVE-2023-44487) or brought about by it (MadeYouReset, CVE-2025-8671), small CONTINUATION
     * frames, empty DATA frames, answers to PING and SETTINGS that are not read. Each ends with GOAWAY and an error,
     * which is how it is learned here and held against the client, who would else just connect again: its requests
     * that are reset have a budget over all its connections, of which such an end leaves nothing. It also counts
     * resets that the client brings about where Netty does not: not those whose application closes the stream's
     * channel when it is told of the fault, for that looks like a CANCEL of its own. What Netty lets pass besides is
     * frames that ask for nothing at a rate that costs something: they have a budget of the connection here.
     */

    /** How many streams of refused requests may be open because their bodies are still coming. */
    private static final int MAX_OPEN_REFUSALS = 100;

    /** So that a request which crosses the GOAWAY on its way is told by that, not by a reset connection. */
    private static final long CLOSE_DELAY_SECONDS = 1;

    private final GuardedPort port;
    private final GuardedConnection guarded;
    private final ChannelHandlerContext codec;
    private final Http2ConnectionHandler handler;
    private final Http2Connection connection;
    private final Http2Connection.PropertyKey key;
    private final Refusals<Http2Answers.Answer> refusals;
    private final Http2Request view = new Http2Request();

    private final AbandonedRequests abandoned;
    private final WindowWatch windows;
    private final FrameBudget frames;

    private int inProgress;
    private int openRefusals;
    private boolean leaving;

    private Http2RequestGuard(
            GuardedPort port, GuardedConnection guarded, ChannelHandlerContext codec, Http2FrameListener listener) {
        super(listener);
        this.port = port;
        this.guarded = guarded;
        this.codec = codec;
        this.handler = (Http2ConnectionHandler) codec.handler();
        this.connection = handler.connection();
        this.key = connection.newKey();
        this.refusals = port.http2Refusals();
        this.abandoned = new AbandonedRequests(port, guarded);
        this.windows = new WindowWatch(port, guarded, codec, key);
        this.frames = new FrameBudget(port);
    }

    /**
     * Guards what a handler reads from now on, unless that is the case already.
     *
     * @return the guard; null when there is nothing to guard, as at the client's end of a connection
     */
    static @Nullable Http2RequestGuard place(ChannelHandlerContext codec, GuardedPort port) {
        Http2ConnectionHandler handler = (Http2ConnectionHandler) codec.handler();
        Http2FrameListener listener = handler.decoder().frameListener();
        if (listener == null
                || listener instanceof Http2RequestGuard
                || !handler.connection().isServer()) {
            return null;
        }
        GuardedConnection guarded = GuardedConnection.of(codec.channel(), port);
        Http2RequestGuard guard = new Http2RequestGuard(port, guarded, codec, listener);
        handler.decoder().frameListener(guard);
        handler.connection().addListener(guard.new Events(codec));
        codec.channel().closeFuture().addListener(closed -> guard.closed());
        guarded.waitForFirstRequest();
        return guard;
    }

    private void closed() {
        abandoned.close();
        windows.close();
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context, int streamId, Http2Headers headers, int padding, boolean endStream)
            throws Http2Exception {
        if (admits(context, streamId, headers, endStream)) {
            super.onHeadersRead(context, streamId, headers, padding, endStream);
        }
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int streamId,
            Http2Headers headers,
            int streamDependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean endStream)
            throws Http2Exception {
        if (admits(context, streamId, headers, endStream)) {
            super.onHeadersRead(context, streamId, headers, streamDependency, weight, exclusive, padding, endStream);
        }
    }

    private boolean admits(ChannelHandlerContext context, int streamId, Http2Headers headers, boolean endStream) {
        Http2Stream stream = connection.stream(streamId);
        Http2Exchange known = exchange(streamId);
        if (known != null || stream == null) {
            return known == null || !known.isRefused();
        }
        long now = port.guard().clock().nanoTime();
        guarded.requestBegins(now);
        Permit permit = null;
        try {
            Decision decision =
                    port.guard().tryAdmit(guarded.attempts().request(view.of(headers, guarded.channel())), null, now);
            if (decision instanceof Rejection rejection) {
                refuse(context, stream, headers, endStream, rejection);
                return false;
            }
            permit = (Permit) decision;
        } catch (Throwable fault) {
            port.guard().fault("the decision on a request", fault);
        } finally {
            view.clear();
        }
        boolean tunnel = HttpMethod.CONNECT.asciiName().contentEquals(nonNull(headers.method()));
        stream.setProperty(key, Http2Exchange.admitted(permit, tunnel));
        inProgress++;
        windows.requestBegins(now);
        if (port.endsKeptConnections()) {
            leave(context);
        }
        return true;
    }

    private void refuse(
            ChannelHandlerContext context,
            Http2Stream stream,
            Http2Headers headers,
            boolean endStream,
            Rejection rejection) {
        stream.setProperty(key, Http2Exchange.refused(!endStream));
        openRefusals += endStream ? 0 : 1;
        Http2Answers.Answer answer = refusals.answer(rejection, Http2Answers.variant(headers));
        if (rejection.reason() == Reason.DRAINING || !hasRoomFor(answer, context, stream)) {
            reset(context, stream, Http2Error.REFUSED_STREAM);
        } else {
            ChannelFuture written = handler.encoder()
                    .writeHeaders(
                            context, stream.id(), answer.headers(), 0, answer.isHeadersOnly(), context.newPromise());
            if (!answer.isHeadersOnly()) {
                written = handler.encoder()
                        .writeData(context, stream.id(), answer.bodyToWrite(), 0, true, context.newPromise());
            }
            if (!endStream && openRefusals > MAX_OPEN_REFUSALS) {
                written.addListener(done -> reset(context, stream, Http2Error.NO_ERROR));
            }
        }
        if (rejection.reason() == Reason.DRAINING) {
            leave(context);
        }
    }

    private boolean hasRoomFor(Http2Answers.Answer answer, ChannelHandlerContext context, Http2Stream stream) {
        Http2RemoteFlowController room = handler.encoder().flowController();
        int length = answer.body().readableBytes();
        return context.channel().isWritable()
                && room.windowSize(stream) >= length
                && room.windowSize(connection.connectionStream()) >= length;
    }

    private void reset(ChannelHandlerContext context, Http2Stream stream, Http2Error error) {
        if (connection.stream(stream.id()) != null && context.channel().isActive()) {
            handler.encoder().writeRstStream(context, stream.id(), error.code(), context.newPromise());
            context.flush();
        }
    }

    @Override
    public int onDataRead(ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean endOfStream)
            throws Http2Exception {
        if (!data.isReadable() && !endOfStream) {
            frames.take();
        }
        Http2Exchange exchange = exchange(streamId);
        if (exchange != null && exchange.isRefused()) {
            int length = data.readableBytes() + padding;
            if (exchange.dropped(length) > HttpRequestGuard.MAX_SWALLOWED_BYTES) {
                reset(context, connection.stream(streamId), Http2Error.NO_ERROR);
            }
            return length;
        }
        return super.onDataRead(context, streamId, data, padding, endOfStream);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int streamId, long errorCode) throws Http2Exception {
        Http2Exchange exchange = exchange(streamId);
        if (exchange == null || !exchange.isRefused()) {
            if (exchange != null && exchange.isInProgress()) {
                exchange.outcome(Outcome.IGNORED);
                abandoned();
            }
            super.onRstStreamRead(context, streamId, errorCode);
        }
    }

    private void abandoned() throws Http2Exception {
        if (guarded.attempts().isOfProxy()) {
            frames.take();
        } else {
            abandoned.one();
        }
    }

    /** A request in progress was reset because of what the client has sent on its stream. */
    void madeToReset() {
        try {
            abandoned();
        } catch (Http2Exception tooMany) {
            handler.onError(codec, false, tooMany);
        }
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext context, int streamId, int windowSizeIncrement)
            throws Http2Exception {
        Http2Exchange exchange = exchange(streamId);
        if (exchange == null || !exchange.isRefused()) {
            windows.opened();
            super.onWindowUpdateRead(context, streamId, windowSizeIncrement);
        }
    }

    @Override
    public void onPriorityRead(
            ChannelHandlerContext context, int streamId, int streamDependency, short weight, boolean exclusive)
            throws Http2Exception {
        frames.take();
        super.onPriorityRead(context, streamId, streamDependency, weight, exclusive);
    }

    @Override
    public void onPingRead(ChannelHandlerContext context, long data) throws Http2Exception {
        frames.take();
        super.onPingRead(context, data);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) throws Http2Exception {
        frames.take();
        windows.opened();
        super.onSettingsRead(context, settings);
    }

    /** The service has answered with this status; it may say that the client is at fault. */
    void answered(Http2Exchange exchange, int status) {
        port.answered(exchange.permit(), status);
    }

    /** What became of a request, before the application is told of its stream: null while nothing has. */
    @Nullable
    Http2Exchange exchange(int streamId) {
        Http2Stream stream = connection.stream(streamId);
        return stream == null ? null : stream.getProperty(key);
    }

    /** No more requests are taken on this connection; it is closed when those in progress are done. */
    private void leave(ChannelHandlerContext context) {
        if (!leaving) {
            leaving = true;
            handler.goAway(
                    context,
                    connection.remote().lastStreamCreated(),
                    Http2Error.NO_ERROR.code(),
                    Unpooled.EMPTY_BUFFER,
                    context.newPromise());
            context.flush();
            closeIfLeft(context);
        }
    }

    private void closeIfLeft(ChannelHandlerContext context) {
        if (leaving && connection.numActiveStreams() == 0) {
            context.executor().schedule(() -> context.channel().close(), CLOSE_DELAY_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static CharSequence nonNull(@Nullable CharSequence text) {
        return text == null ? AsciiString.EMPTY_STRING : text;
    }

    /** What happens to streams and to the connection, whoever brought it about. */
    private final class Events extends Http2ConnectionAdapter {

        private final ChannelHandlerContext context;

        Events(ChannelHandlerContext context) {
            this.context = context;
        }

        @Override
        public void onStreamHalfClosed(Http2Stream stream) {
            Http2Exchange exchange = stream.getProperty(key);
            if (exchange != null && stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
                exchange.end(guarded.outcome(exchange.outcome()));
            }
        }

        @Override
        public void onStreamClosed(Http2Stream stream) {
            Http2Exchange exchange = stream.getProperty(key);
            if (exchange != null) {
                ended(stream, exchange);
            }
            closeIfLeft(context);
        }

        private void ended(Http2Stream stream, Http2Exchange exchange) {
            if (exchange.isRefused()) {
                openRefusals -= exchange.wasRefusedBeforeItsBody() ? 1 : 0;
            } else {
                if (!context.channel().isActive()) {
                    exchange.end(Outcome.IGNORED);
                } else if (stream.isResetSent()) {
                    exchange.end(Outcome.FAILURE);
                } else {
                    exchange.end(guarded.outcome(exchange.outcome()));
                }
                inProgress--;
            }
            if (inProgress == 0) {
                guarded.waitForNextRequest(); // Bodies of refused requests may come until then.
            }
        }

        @Override
        public void onGoAwaySent(int lastStreamId, long errorCode, ByteBuf debugData) {
            Http2Error error = Http2Error.valueOf(errorCode);
            if (error != Http2Error.NO_ERROR && error != Http2Error.INTERNAL_ERROR) {
                guarded.misbehaved();
                abandoned.noMore();
            }
        }
    }
}
