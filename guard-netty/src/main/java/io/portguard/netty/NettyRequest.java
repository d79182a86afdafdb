package io.portguard.netty;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import io.portguard.http.HttpRequestView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the guard sees of the present request of a connection. One object serves all requests of a connection,
 * one after the other; the path is cut out of the target when it is first asked for.
 */
final class NettyRequest implements HttpRequestView {

    private static final AsciiString PRIORITY = AsciiString.cached("Priority");

    private final PeerCertificate certificate = new PeerCertificate();
    private @Nullable HttpRequest request;
    private @Nullable Channel channel;
    private @Nullable String rawPath;

    NettyRequest of(HttpRequest present, Channel on) {
        request = present;
        channel = on;
        return this;
    }

    void clear() {
        request = null;
        channel = null;
        rawPath = null;
    }

    @Override
    public String method() {
        return present().method().name();
    }

    @Override
    public String rawPath() {
        String path = rawPath;
        if (path == null) {
            path = path(present().uri());
            rawPath = path;
        }
        return path;
    }

    @Override
    public @Nullable String header(String name) {
        // Of a name that knows its hash, since each request is asked for this one.
        String first = present().headers().get(name.equals(PRIORITY.toString()) ? PRIORITY : name);
        if (first == null) {
            return null;
        }
        List<String> lines = present().headers().getAll(name);
        return lines.size() == 1 ? first : String.join(",", lines);
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

    private HttpRequest present() {
        HttpRequest present = request;
        if (present == null) {
            throw new IllegalStateException("no request is present");
        }
        return present;
    }

    /** The path of a request target in origin form or absolute form (RFC 9112, section 3.2). */
    static String path(String target) {
        int scheme = target.startsWith("/") ? -1 : target.indexOf("://");
        int start = scheme < 0 ? 0 : target.indexOf('/', scheme + 3);
        int end = endOfPath(target);
        return start < 0 || start >= end ? "/" : target.substring(start, end);
    }

    private static int endOfPath(String target) {
        for (int i = 0; i < target.length(); i++) {
            // No target should have a fragment; servers differ in what they make of one that has.
            if (target.charAt(i) == '?' || target.charAt(i) == '#') {
                return i;
            }
        }
        return target.length();
    }
}
