package io.portguard.client;

import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/** What a request itself says of where it comes from. */
public interface RequestOrigin {

    /** The value of a header, all its lines joined by commas (RFC 9110, section 5.3); null when it has none. */
    @Nullable
    String header(String name);

    /** The lines of a header, joined by commas; null when there are none. */
    static @Nullable String joined(Enumeration<String> lines) {
        if (!lines.hasMoreElements()) {
            return null;
        }
        String all = lines.nextElement();
        while (lines.hasMoreElements()) {
            all = all + ", " + lines.nextElement();
        }
        return all;
    }

    /**
     * The name of the principal that is known without authenticating anybody; null when there is none, or none yet. Whom a
     * service authenticates afterwards is told by {@code HttpAttempts.identified}.
     */
    @Nullable
    String principal();

    /**
     * The subject of the certificate by which the peer has proved itself when the connection was opened, as RFC 2253 spells
     * it; null when it has not.
     */
    default @Nullable String certificate() {
        return null;
    }
}
