package io.portguard.servlet;

import io.portguard.Attempt;
import io.portguard.Decision;
import io.portguard.Failure;
import io.portguard.IpAddress;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.connection.GuardedSocket;
import io.portguard.connection.OpenConnection;
import io.portguard.connection.Phase;
import io.portguard.http.HttpAttempts;
import io.portguard.http.HttpRequestView;
import io.portguard.standard.StandardGuard;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the guard holds and knows of one open connection. Thread-safe, except for {@link #tryAdmit}. */
public final class AdmittedConnection {

    private final StandardGuard port;
    private final @Nullable IpAddress peer;
    private final HttpAttempts.@Nullable OfConnection attempts;
    private final @Nullable Permit permit;
    private volatile @Nullable OpenConnection open;
    private volatile boolean broken;
    private volatile boolean multiplexed;
    private volatile boolean streaming;

    /** Asynchronous requests in progress: mostly none, and one at a time unless the connection is multiplexed. */
    private final List<Permit> pending = new ArrayList<>(0);

    private int streams;
    private boolean closed;

    AdmittedConnection(
            StandardGuard port,
            @Nullable IpAddress peer,
            HttpAttempts.@Nullable OfConnection attempts,
            @Nullable Permit permit) {
        this.port = port;
        this.peer = peer;
        this.attempts = attempts;
        this.permit = permit;
    }

    public StandardGuard port() {
        return port;
    }

    /**
     * The container has a socket for the connection, which the guard closes from now on when the connection takes too
     * long. To be called once, unless the guard failed to decide.
     */
    public void opened(GuardedSocket socket, Phase phase) {
        if (attempts != null && permit != null) {
            open = port.connections().add(permit.attempt(), attempts.isOfProxy(), socket, phase);
        }
    }

    /** What the connection is doing; a phase that no time limits when the guard failed to decide. */
    public Phase phase() {
        OpenConnection connection = open;
        return connection == null ? Phase.SERVING : connection.phase();
    }

    public void enter(Phase phase) {
        OpenConnection connection = open;
        if (connection != null) {
            if (streaming) {
                streaming = false;
            }
            connection.enter(phase);
        }
    }

    /** Enters a phase if the connection is in this one now. */
    public void enter(Phase phase, Phase from) {
        OpenConnection connection = open;
        if (connection != null) {
            connection.enter(phase, from);
        }
    }

    /** The present request has given its permit back and goes on to be answered. */
    void streams() {
        streaming = true;
    }

    /** Whether the present request has given its permit back, so that it holds nobody's place. */
    public boolean isStreaming() {
        return streaming;
    }

    /** The connection carries several requests at a time from now on. */
    public void multiplexed() {
        multiplexed = true;
    }

    /** A request on a connection that carries several at a time begins. */
    public void streamBegan() {
        synchronized (pending) {
            streams++;
            enter(Phase.SERVING);
        }
    }

    /** A request on a connection that carries several at a time has ended. */
    public void streamEnded() {
        synchronized (pending) {
            streams--;
            if (streams == 0) {
                enter(Phase.IDLE);
            }
        }
    }

    public boolean isMultiplexed() {
        return multiplexed;
    }

    /** Decides about a request on the connection; null when the guard failed, and the request is to go on. */
    public @Nullable Decision tryAdmit(HttpRequestView request) {
        try {
            return port.guard().tryAdmit(attempt(request));
        } catch (Throwable fault) {
            port.guard().fault("deciding a request", fault);
            return null;
        }
    }

    /** The attempt of a request on the connection, told by its real peer, whatever the request says. */
    private Attempt attempt(HttpRequestView request) {
        if (attempts == null) {
            return port.attempts().ofRequest(peer, request);
        }
        return multiplexed ? attempts.concurrent(request) : attempts.request(request);
    }

    /** Reading from the peer or writing to it has failed, while an asynchronous request was served. */
    public void broken() {
        broken = true;
    }

    boolean isBroken() {
        return broken;
    }

    /** Has the permit of an asynchronous request released when the connection closes, if nobody has done so before. */
    void releaseAtEnd(Permit request) {
        synchronized (pending) {
            if (!closed) {
                pending.add(request);
                return;
            }
        }
        request.release(Outcome.IGNORED);
    }

    /** The permit has been released, or will be by somebody else. */
    void forget(Permit request) {
        synchronized (pending) {
            pending.remove(request);
        }
    }

    /** The client has failed by its own doing, in what concerns the connection as a whole. */
    public void failed(Failure failure) {
        if (permit != null) {
            port.failed(permit.attempt(), failure);
        }
    }

    /** Gives back what was held for the connection and on it; further calls do nothing. */
    public void closed() {
        if (phase() == Phase.HANDSHAKE) {
            failed(Failure.TLS_HANDSHAKE);
        }
        List<Permit> left;
        synchronized (pending) {
            closed = true;
            left = List.copyOf(pending);
            pending.clear();
        }
        left.forEach(request -> request.release(Outcome.IGNORED));
        OpenConnection connection = open;
        if (connection != null) {
            connection.closed();
        }
        if (permit != null) {
            permit.release(Outcome.SUCCESS);
        }
    }
}
