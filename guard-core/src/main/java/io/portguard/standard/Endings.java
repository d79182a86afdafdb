package io.portguard.standard;

import io.portguard.Failure;
import io.portguard.Mode;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.connection.OpenConnection;
import io.portguard.connection.OpenConnections;
import io.portguard.connection.Phase;

/** What comes of connections that have ended, for their clients. Thread-safe. */
record Endings(StandardGuard port) implements OpenConnections.Ended {

    /** For what it did not do, or for another's sake. */
    @Override
    public void ended(OpenConnection connection, Phase was, Reason reason) {
        port.guard().refuse(connection.attempt(), Rejection.of(reason), Mode.ENFORCE);
        if (reason == Reason.TIMEOUT && was != Phase.IDLE) {
            port.failed(connection.attempt(), connection.isSilent() ? Failure.SILENT_CONNECTION : Failure.TIMEOUT);
            if (connection.isWithoutRequest(was)) {
                leftWithoutRequest(connection);
            }
        }
    }

    @Override
    public void leftWithoutRequest(OpenConnection connection) {
        port.scans().leftWithoutRequest(connection.attempt(), connection.bytesRead(), connection.inPhaseNanos());
    }

    @Override
    public void firstRequest(OpenConnection connection) {
        port.clients().asks(connection.attempt());
    }
}
