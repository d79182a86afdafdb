package io.portguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.ReadOnlyHttpHeaders;
import java.util.List;

/** An answer that is written to many channels, by several threads at once, and never freed. */
final class SharedAnswer extends DefaultFullHttpResponse {

    SharedAnswer(int status, List<CharSequence> headers, byte[] body) {
        super(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(status),
                Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(body)),
                new ReadOnlyHttpHeaders(true, headers.toArray(new CharSequence[0])),
                EmptyHttpHeaders.INSTANCE);
    }

    /** The body with a reader index of its own, because the encoder moves that. */
    @Override
    public ByteBuf content() {
        return super.content().duplicate();
    }
}
