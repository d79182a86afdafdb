package io.portguard.samples.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.CharsetUtil;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The service itself, knowing nothing of the guard: one connection's requests, one after the other. */
@SuppressWarnings("FutureReturnValueIgnored") // a client that has gone is told by the channel
final class Service extends ChannelInboundHandlerAdapter {

    private static final int PARTS = 10;

    private final Workers workers;
    private final Queue<HttpRequest> waiting = new ArrayDeque<>();
    private @Nullable HttpRequest current;

    Service(Workers workers) {
        this.workers = workers;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof HttpObject)) {
            context.fireChannelRead(message); // The client has changed to HTTP/2.
            return;
        }
        if (message instanceof HttpRequest request) {
            waiting.add(request);
            serveNext(context);
        }
        ReferenceCountUtil.release(message);
    }

    private void serveNext(ChannelHandlerContext context) {
        if (current != null || waiting.isEmpty()) {
            return;
        }
        HttpRequest request = waiting.remove();
        current = request;
        String path = new QueryStringDecoder(request.uri()).path();
        if (path.equals("/hello")) {
            answer(context, request, HttpResponseStatus.OK, "Hello\n");
        } else if (path.equals("/job") || path.startsWith("/job/")) {
            workers.work(context.executor(), () -> answer(context, request, HttpResponseStatus.OK, "Done\n"));
        } else if (path.equals("/async")) {
            context.executor()
                    .schedule(
                            () -> answer(context, request, HttpResponseStatus.OK, "Done, later\n"),
                            workers.serviceTime().toNanos(),
                            TimeUnit.NANOSECONDS);
        } else if (path.equals("/stream")) {
            HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            HttpUtil.setTransferEncodingChunked(head, true);
            HttpUtil.setKeepAlive(head, HttpUtil.isKeepAlive(request));
            context.write(head);
            stream(context, request, 1);
        } else if (path.equals("/fail")) {
            answer(context, request, HttpResponseStatus.INTERNAL_SERVER_ERROR, "Failed, as asked\n");
        } else {
            answer(context, request, HttpResponseStatus.NOT_FOUND, "Not here\n");
        }
    }

    private void stream(ChannelHandlerContext context, HttpRequest request, int part) {
        if (!context.channel().isActive()) {
            return;
        }
        context.writeAndFlush(
                new DefaultHttpContent(Unpooled.copiedBuffer("Part " + part + "\n", CharsetUtil.US_ASCII)));
        if (part == PARTS) {
            end(context, request, context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
        } else {
            context.executor()
                    .schedule(
                            () -> stream(context, request, part + 1),
                            workers.serviceTime().toNanos() / PARTS,
                            TimeUnit.NANOSECONDS);
        }
    }

    private void answer(ChannelHandlerContext context, HttpRequest request, HttpResponseStatus status, String body) {
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(body, CharsetUtil.US_ASCII));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain");
        HttpUtil.setContentLength(response, body.length());
        HttpUtil.setKeepAlive(response, HttpUtil.isKeepAlive(request));
        end(context, request, context.writeAndFlush(response));
    }

    private void end(ChannelHandlerContext context, HttpRequest request, ChannelFuture written) {
        current = null;
        if (HttpUtil.isKeepAlive(request)) {
            serveNext(context);
        } else {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        waiting.clear();
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // A client that resets its connection is nothing to report.
    }
}
