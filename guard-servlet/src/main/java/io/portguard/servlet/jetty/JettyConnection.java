package io.portguard.servlet.jetty;

import io.portguard.connection.GuardedSocket;
import io.portguard.connection.Phase;
import io.portguard.servlet.AdmittedConnection;
import io.portguard.servlet.GuardedConnection;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.jspecify.annotations.Nullable;

/** A connection inside Jetty, from its acceptance to its end. Thread-safe. */
final class JettyConnection implements GuardedSocket {

    private final ConnectorGuard connector;
    private final AdmittedConnection admitted;
    private final long acceptedAtNanos;

    /** What reads from the peer at present: TLS at first, perhaps, then HTTP, then what that was upgraded to. */
    private volatile @Nullable Connection protocol;

    /** To be closed as soon as there is something to close: a channel that is closed sooner makes Jetty log a warning. */
    private volatile boolean closing;

    JettyConnection(ConnectorGuard connector, AdmittedConnection admitted, long acceptedAtNanos) {
        this.connector = connector;
        this.admitted = admitted;
        this.acceptedAtNanos = acceptedAtNanos;
    }

    AdmittedConnection admitted() {
        return admitted;
    }

    /** See {@link GuardedConnection#requestsAreGuarded()}. */
    void requestsAreGuarded() {
        connector.requestsAreGuarded();
    }

    boolean areRequestsGuarded() {
        return connector.areRequestsGuarded();
    }

    long acceptedAtNanos() {
        return acceptedAtNanos;
    }

    /** It may have to make room for others from now on, though Jetty may take a while until it reads from it. */
    void accepted() {
        admitted.opened(this, Phase.HEADER);
    }

    /** A protocol takes over the connection. */
    void speaks(Connection connection) {
        boolean first = protocol == null;
        protocol = connection;
        boolean http = connection instanceof ConnectionMetaData;
        if (first && closing) {
            close();
        } else if (first) {
            // Plain HTTP is in this phase already, but until here it was Jetty that let the client wait, and no client
            // can have this happen twice.
            admitted.enter(http ? Phase.HEADER : Phase.HANDSHAKE);
        }
        if (connection instanceof ConnectionMetaData description) {
            description.setAttribute(GuardedConnection.ATTRIBUTE, this);
            if (description.getHttpVersion().getVersion() >= 20) {
                admitted.multiplexed();
            }
            if (admitted.phase() != Phase.HEADER) {
                admitted.enter(Phase.HEADER);
            }
        } else if (!first && admitted.phase() != Phase.HANDSHAKE) {
            admitted.enter(Phase.UPGRADED);
        }
    }

    void requestBegan() {
        if (admitted.isMultiplexed()) {
            admitted.streamBegan();
        } else {
            admitted.enter(Phase.SERVING);
        }
    }

    void requestEnded() {
        if (admitted.isMultiplexed()) {
            admitted.streamEnded();
        } else {
            admitted.enter(Phase.IDLE, Phase.SERVING);
        }
    }

    @Override
    public boolean awaitsBody() {
        Connection present = protocol;
        return present != null
                && !admitted.isMultiplexed()
                && present.getEndPoint().isFillInterested();
    }

    @Override
    public boolean awaitsReader() {
        Connection present = protocol;
        return present != null
                && !admitted.isMultiplexed()
                && !admitted.isStreaming()
                && present.getEndPoint() instanceof AbstractEndPoint endPoint
                && endPoint.getWriteFlusher().isPending();
    }

    @Override
    public long bytesRead() {
        Connection present = protocol;
        return present == null || admitted.isMultiplexed() ? 0 : present.getBytesIn();
    }

    @Override
    public void close() {
        closing = true;
        Connection present = protocol;
        if (present != null) {
            EndPoint endPoint = present.getEndPoint();
            while (endPoint instanceof EndPoint.Wrapper wrapper) {
                endPoint = wrapper.unwrap();
            }
            endPoint.close();
        }
    }
}
