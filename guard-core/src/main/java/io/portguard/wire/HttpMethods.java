package io.portguard.wire;

import java.util.List;

/** The request methods that are registered with the IANA, and two that caches have made common. */
final class HttpMethods {

    static final List<String> ALL = List.of(
            "GET",
            "HEAD",
            "POST",
            "PUT",
            "DELETE",
            "CONNECT",
            "OPTIONS",
            "TRACE",
            "PATCH",
            "QUERY",
            "PRI",
            "ACL",
            "BASELINE-CONTROL",
            "BIND",
            "CHECKIN",
            "CHECKOUT",
            "COPY",
            "LABEL",
            "LINK",
            "LOCK",
            "MERGE",
            "MKACTIVITY",
            "MKCALENDAR",
            "MKCOL",
            "MKREDIRECTREF",
            "MKWORKSPACE",
            "MOVE",
            "ORDERPATCH",
            "PROPFIND",
            "PROPPATCH",
            "REBIND",
            "REPORT",
            "SEARCH",
            "UNBIND",
            "UNCHECKOUT",
            "UNLINK",
            "UNLOCK",
            "UPDATE",
            "UPDATEREDIRECTREF",
            "VERSION-CONTROL",
            "PURGE",
            "REFRESH");

    private static final String OTHER_TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~";

    private HttpMethods() {}

    /** Whether the byte may be in a method: a token, RFC 9110, section 5.6.2. */
    static boolean isTokenByte(int b) {
        return (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || (b >= '0' && b <= '9')
                || OTHER_TOKEN_CHARACTERS.indexOf(b) >= 0;
    }
}
