package io.portguard.netty;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderValues.CLOSE;
import static io.netty.handler.codec.http.HttpHeaderValues.KEEP_ALIVE;

import io.netty.handler.codec.http.FullHttpResponse;
import java.util.ArrayList;
import java.util.List;

/** Refusals as HTTP/1.1 answers, which say what becomes of the connection. Immutable. */
final class Http1Answers implements Refusals.Form<FullHttpResponse> {

    /** What a client is told about its connection: nothing, that it is closed, or (HTTP/1.0) that it is kept. */
    enum Fate {
        KEPT,
        CLOSED,
        KEPT_HTTP_1_0
    }

    private static final Fate[] FATES = Fate.values();

    static int variant(Fate fate, boolean toHead) {
        return fate.ordinal() * 2 + (toHead ? 1 : 0);
    }

    @Override
    public int variants() {
        return FATES.length * 2;
    }

    @Override
    public FullHttpResponse make(Refusals.Content content, int variant) {
        Fate fate = FATES[variant / 2];
        boolean toHead = variant % 2 == 1;
        List<CharSequence> headers = new ArrayList<>(content.headers());
        if (fate != Fate.KEPT) {
            headers.add(CONNECTION);
            headers.add(fate == Fate.CLOSED ? CLOSE : KEEP_ALIVE);
        }
        return new SharedAnswer(
                content.refusal().status(),
                headers,
                toHead ? new byte[0] : content.refusal().body());
    }
}
