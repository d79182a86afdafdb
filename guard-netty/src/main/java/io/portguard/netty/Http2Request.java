package io.portguard.netty;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Headers;
import io.portguard.http.HttpRequestView;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the guard sees of the request that opens a stream. One object serves all requests of a connection. */
final class Http2Request implements HttpRequestView {

    private final PeerCertificate certificate = new PeerCertificate();
    private @Nullable Http2Headers headers;
    private @Nullable Channel channel;

    Http2Request of(Http2Headers present, Channel on) {
        headers = present;
        channel = on;
        return this;
    }

    void clear() {
        headers = null;
        channel = null;
    }

    @Override
    public String method() {
        CharSequence method = present().method();
        return method == null ? "" : method.toString();
    }

    /** A CONNECT request has no path. */
    @Override
    public String rawPath() {
        CharSequence path = present().path();
        return path == null ? "/" : NettyRequest.path(path.toString());
    }

    @Override
    public @Nullable String header(String name) {
        String field = name.equals("Host") ? ":authority" : name.toLowerCase(Locale.ROOT);
        CharSequence first = present().get(field);
        if (first == null) {
            return null;
        }
        List<CharSequence> lines = present().getAll(field);
        return lines.size() == 1 ? first.toString() : String.join(",", lines);
    }

    @Override
    public @Nullable String principal() {
        return null;
    }

    @Override
    public @Nullable String certificate() {
        Channel on = channel;
        return on == null ? null : certificate.subject(on);
    }

    private Http2Headers present() {
        Http2Headers present = headers;
        if (present == null) {
            throw new IllegalStateException("no request is present");
        }
        return present;
    }
}
