package io.portguard.servlet.jetty;

import io.portguard.Mode;
import io.portguard.NanoClock;
import io.portguard.connection.Phase;
import io.portguard.servlet.AdmittedConnection;
import io.portguard.servlet.ConnectionGate;
import io.portguard.settings.SettingValues;
import io.portguard.standard.StandardSettings;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import jdk.net.ExtendedSocketOptions;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * What the guard does at one connector: decides connections as they are accepted, and follows each from there to its
 * end. Thread-safe.
 */
final class ConnectorGuard extends AbstractLifeCycle implements SelectorManager.AcceptListener, Connection.Listener {

    /*
     * Jetty tells of a channel four times: before it gives it to a selector (onAccepting, on the acceptor's thread),
     * when a thread has been found for it (onAccepted), when it has failed before it became a connection
     * (onAcceptFailed), and when it is closed (onClosed). A channel that is closed within the first call is not
     * registered and costs no end point and no thread; NetworkConnectionLimit does the same.
     */

    private static final int KEEP_ALIVE_PROBE_SECONDS = 60;
    private static final long SECOND_LINE_MILLIS = 5_000;

    private final ServerConnector connector;
    private final ConnectionGate gate;
    private final NanoClock clock;
    private final ConcurrentMap<SelectableChannel, JettyConnection> connections = new ConcurrentHashMap<>();
    private final ConnectorWatch watch;
    private final ServedContexts contexts;
    private volatile boolean enforcing;
    private volatile long longestWaitMillis;

    ConnectorGuard(ServerConnector connector, ConnectionGate gate) {
        this.connector = connector;
        this.gate = gate;
        this.clock = gate.port().guard().clock();
        this.watch = new ConnectorWatch(connector, gate.port());
        this.contexts = new ServedContexts(connector.getServer());
        gate.port().settings().onChange(this::configure);
    }

    private void configure(SettingValues values) {
        enforcing = values.get(StandardSettings.MODE) == Mode.ENFORCE;
        longestWaitMillis = Math.max(
                values.get(StandardSettings.CONNECTIONS_IDLE_TIMEOUT).toMillis(),
                Math.max(
                        values.get(StandardSettings.CONNECTIONS_REQUEST_TIMEOUT).toMillis(),
                        values.get(StandardSettings.CONNECTIONS_TLS_HANDSHAKE_TIMEOUT)
                                .toMillis()));
    }

    /** See {@link io.portguard.servlet.GuardedConnection#requestsAreGuarded()}. */
    void requestsAreGuarded() {
        contexts.requestsAreGuarded();
    }

    /** Whether a filter has been seen that decides about all requests of the server, so that they are decided before it. */
    boolean areRequestsGuarded() {
        return contexts.areGuarded();
    }

    /** The connector has bound its port and is about to accept. */
    @Override
    protected void doStart() {
        contexts.follow();
        watch.start();
    }

    @Override
    protected void doStop() {
        watch.stop();
        contexts.unfollow();
        // Every channel is closed by now; of some, nobody was left to tell.
        connections.keySet().forEach(this::onClosed);
    }

    @Override
    public void onAccepting(SelectableChannel channel) {
        AdmittedConnection admitted = gate.tryAdmit(channel);
        if (admitted == null) {
            IO.close(channel);
            return;
        }
        JettyConnection connection = new JettyConnection(this, admitted, clock.nanoTime());
        connections.put(channel, connection);
        connection.accepted();
        probeWhenSilent(channel);
    }

    @Override
    public void onAccepted(SelectableChannel channel) {
        JettyConnection connection = connections.get(channel);
        if (connection != null) {
            gate.port().queueDelay().record(clock.nanoTime() - connection.acceptedAtNanos());
        }
    }

    @Override
    public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
        onClosed(channel);
    }

    @Override
    public void onClosed(SelectableChannel channel) {
        JettyConnection connection = connections.remove(channel);
        if (connection != null) {
            connection.admitted().closed();
        }
    }

    @Override
    public void onOpened(Connection opened) {
        EndPoint endPoint = opened.getEndPoint();
        JettyConnection connection = connectionOn(endPoint);
        if (connection == null) {
            return;
        }
        connection.speaks(opened);
        // Jetty's own idle timeout, in requests as before; it must not come before the guard's outside of them.
        long atLeast = longestWaitMillis + SECOND_LINE_MILLIS;
        long present = endPoint.getIdleTimeout();
        if (connection.admitted().phase() == Phase.UPGRADED) {
            if (present == atLeast) {
                endPoint.setIdleTimeout(connector.getIdleTimeout());
            }
        } else if (enforcing && present > 0 && present < atLeast) {
            endPoint.setIdleTimeout(atLeast);
        }
    }

    private @Nullable JettyConnection connectionOn(EndPoint endPoint) {
        Object transport = endPoint.getTransport();
        while (transport instanceof EndPoint below) { // that of TLS
            transport = below.getTransport();
        }
        return transport instanceof SelectableChannel channel ? connections.get(channel) : null;
    }

    private static void probeWhenSilent(SelectableChannel channel) {
        try {
            if (channel instanceof NetworkChannel network
                    && network.supportedOptions().contains(StandardSocketOptions.SO_KEEPALIVE)) {
                network.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                if (network.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
                    network.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_ALIVE_PROBE_SECONDS);
                }
            }
        } catch (IOException | UnsupportedOperationException alreadyClosed) {
            // It is closed by whoever works with it.
        }
    }
}
