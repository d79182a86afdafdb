package io.portguard.wire;

/** What is spoken on a port, as far as its first bytes are concerned. */
public enum Spoken {
    /** HTTP without TLS: a request line, or the preface of HTTP/2. */
    HTTP,
    /** TLS, whatever is inside. */
    TLS,
    /** Either of them; the first byte says which. */
    HTTP_OR_TLS,
    /** Not known: nothing is wrong but what a configured signature says. */
    UNKNOWN,
    /** Not known, but that no PROXY preamble is. */
    UNPROXIED;

    /** Whether what is spoken here may begin with this byte. */
    boolean mayBeginWith(int b) {
        return switch (this) {
            case HTTP -> isHttp(b);
            case TLS -> isTls(b);
            case HTTP_OR_TLS -> isHttp(b) || isTls(b);
            case UNKNOWN, UNPROXIED -> true;
        };
    }

    /** A method, or the empty lines before it that are to be ignored (RFC 9112, section 2.2). */
    private static boolean isHttp(int b) {
        return HttpMethods.isTokenByte(b) || b == '\r' || b == '\n';
    }

    /** A record of any type that TLS has before it is encrypted, or the hello of SSL 2 that old clients begin with. */
    private static boolean isTls(int b) {
        return (b >= 0x14 && b <= 0x16) || b == 0x80;
    }
}
