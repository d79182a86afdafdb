package io.portguard.servlet.tomcat;

import io.portguard.Permit;
import io.portguard.Rejection;
import io.portguard.servlet.AdmittedConnection;
import io.portguard.servlet.GuardedConnection;
import jakarta.servlet.ServletConnection;
import org.jspecify.annotations.Nullable;

/** A connection as servlets see it. */
final class TomcatConnection implements GuardedConnection, ServletConnection {

    private final ServletConnection described;
    private final GuardedSocketWrapper socket;

    TomcatConnection(ServletConnection described, GuardedSocketWrapper socket) {
        this.described = described;
        this.socket = socket;
    }

    @Override
    public AdmittedConnection admitted() {
        return socket.admitted();
    }

    @Override
    public void requestsAreGuarded() {
        socket.requestsAreGuarded();
    }

    @Override
    public @Nullable Permit takePermit() {
        Http11Exchange exchange = socket.exchange();
        return exchange == null ? null : exchange.takePermit();
    }

    @Override
    public void commitRefusal(Rejection rejection) {
        Http11Exchange exchange = socket.exchange();
        if (exchange != null) {
            exchange.commitRefusal(rejection);
        }
    }

    @Override
    public String getConnectionId() {
        return described.getConnectionId();
    }

    @Override
    public String getProtocol() {
        return described.getProtocol();
    }

    @Override
    public String getProtocolConnectionId() {
        return described.getProtocolConnectionId();
    }

    @Override
    public boolean isSecure() {
        return described.isSecure();
    }
}
