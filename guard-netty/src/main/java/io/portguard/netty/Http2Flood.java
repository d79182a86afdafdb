package io.portguard.netty;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * Ends a connection whose client floods it. Without a stack trace, which would cost more than the flood and say nothing, once
 * for each connection that an attacker opens.
 */
final class Http2Flood extends Http2Exception {

    private static final long serialVersionUID = 1;

    Http2Flood(String message) {
        super(Http2Error.ENHANCE_YOUR_CALM, message);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it does nothing
    public Throwable fillInStackTrace() {
        return this;
    }
}
