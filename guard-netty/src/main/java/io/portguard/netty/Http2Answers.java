package io.portguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import io.portguard.Rejection;
import java.util.ArrayList;
import java.util.List;

/** Refusals as HTTP/2 answers, to gRPC calls in the way of gRPC. Immutable. */
final class Http2Answers implements Refusals.Form<Http2Answers.Answer> {

    /*
     * A gRPC client looks at grpc-status and takes a bare HTTP status for a fault of some proxy, so it gets an
     * answer of nothing but trailers ("Trailers-Only", PROTOCOL-HTTP2.md of gRPC), with the code that means what
     * the HTTP status means. grpc-retry-pushback-ms (gRPC proposal A6) is its Retry-After.
     */

    /** An answer: its headers, and its body, which is empty where they are all. */
    record Answer(Http2Headers headers, ByteBuf body) {

        boolean isHeadersOnly() {
            return !body.isReadable();
        }

        /** The body with a reader index of its own. */
        ByteBuf bodyToWrite() {
            return body.duplicate();
        }
    }

    /** To whom an answer goes. */
    enum To {
        REQUEST,
        HEAD_REQUEST,
        GRPC_CALL
    }

    private static final AsciiString GRPC = AsciiString.cached("application/grpc");
    private static final AsciiString GRPC_STATUS = AsciiString.cached("grpc-status");
    private static final AsciiString GRPC_MESSAGE = AsciiString.cached("grpc-message");
    private static final AsciiString GRPC_RETRY_PUSHBACK = AsciiString.cached("grpc-retry-pushback-ms");
    private static final AsciiString OK = AsciiString.cached("200");

    private static final int PERMISSION_DENIED = 7;
    private static final int RESOURCE_EXHAUSTED = 8;
    private static final int UNAVAILABLE = 14;

    private static final To[] ADDRESSEES = To.values();

    static int variant(Http2Headers request) {
        CharSequence contentType = request.get(HttpHeaderNames.CONTENT_TYPE);
        if (contentType != null && AsciiString.of(contentType).startsWith(GRPC)) {
            return To.GRPC_CALL.ordinal();
        }
        boolean toHead = AsciiString.contentEquals("HEAD", request.method());
        return (toHead ? To.HEAD_REQUEST : To.REQUEST).ordinal();
    }

    @Override
    public int variants() {
        return ADDRESSEES.length;
    }

    @Override
    public Answer make(Refusals.Content content, int variant) {
        To to = ADDRESSEES[variant];
        if (to == To.GRPC_CALL) {
            return new Answer(trailersOnly(content), Unpooled.EMPTY_BUFFER);
        }
        List<AsciiString> lowerCase = new ArrayList<>();
        content.headers().forEach(each -> lowerCase.add(lowerCase.size() % 2 == 0 ? each.toLowerCase() : each));
        AsciiString status = AsciiString.of(Integer.toString(content.refusal().status()));
        return new Answer(
                headers(status, lowerCase),
                to == To.HEAD_REQUEST
                        ? Unpooled.EMPTY_BUFFER
                        : Unpooled.unreleasableBuffer(
                                Unpooled.wrappedBuffer(content.refusal().body())));
    }

    private static Http2Headers trailersOnly(Refusals.Content content) {
        Rejection rejection = content.rejection();
        int status = switch (rejection.reason().httpStatus()) {
            case 403 -> PERMISSION_DENIED;
            case 429 -> RESOURCE_EXHAUSTED;
            default -> UNAVAILABLE;
        };
        List<AsciiString> headers = new ArrayList<>(List.of(
                HttpHeaderNames.CONTENT_TYPE,
                GRPC,
                GRPC_STATUS,
                AsciiString.of(Integer.toString(status)),
                GRPC_MESSAGE,
                AsciiString.of(rejection.reason().text())));
        if (status != PERMISSION_DENIED) {
            headers.add(GRPC_RETRY_PUSHBACK);
            headers.add(AsciiString.of(content.retryAfterSeconds() + "000"));
        }
        return headers(OK, headers);
    }

    private static Http2Headers headers(AsciiString status, List<AsciiString> others) {
        return ReadOnlyHttp2Headers.serverHeaders(true, status, others.toArray(new AsciiString[0]));
    }
}
