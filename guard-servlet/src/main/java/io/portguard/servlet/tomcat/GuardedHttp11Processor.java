package io.portguard.servlet.tomcat;

import java.io.IOException;
import org.apache.coyote.Adapter;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketWrapperBase;

/** Tomcat's HTTP/1.1 processor, which says which connection it serves at the moment. */
final class GuardedHttp11Processor extends Http11Processor {

    private final Http11Exchange exchange;

    GuardedHttp11Processor(AbstractHttp11Protocol<?> protocol, Adapter adapter) {
        super(protocol, adapter);
        exchange = Http11Exchange.with(response);
    }

    @Override
    public SocketState service(SocketWrapperBase<?> socketWrapper) throws IOException {
        if (!(socketWrapper instanceof GuardedSocketWrapper connection)) {
            return super.service(socketWrapper);
        }
        exchange.enter(connection);
        SocketState state = SocketState.CLOSED;
        try {
            state = super.service(socketWrapper);
        } finally {
            state = exchange.leave(state, isAsync(), getUpgradeToken());
        }
        return state;
    }
}
