package io.portguard.standard;

import io.portguard.Attempt;
import io.portguard.connection.OpenConnections;
import io.portguard.rule.Room;
import java.util.function.BooleanSupplier;

/** Makes places for requests at the cost of those that wait for nothing but their client. */
final class RequestPlaces implements Room {

    private final OpenConnections connections;
    private final BooleanSupplier onlyCounts;

    /**
     * Places.
     *
     * @param onlyCounts whether the rule that asks refuses nothing: then nothing is ended for another's sake
     */
    RequestPlaces(OpenConnections connections, BooleanSupplier onlyCounts) {
        this.connections = connections;
        this.onlyCounts = onlyCounts;
    }

    @Override
    public boolean isMadeFor(Attempt attempt, long nowNanos) {
        return !onlyCounts.getAsBoolean() && connections.makePlaceFor(attempt, nowNanos);
    }

    @Override
    public boolean hasNothing(long nowNanos) {
        return connections.hasNothingStalled(nowNanos);
    }

    @Override
    public int setAside(long nowNanos) {
        return connections.setAside(nowNanos);
    }

    @Override
    public boolean isKeptFrom(Attempt attempt, int inFlight, long nowNanos) {
        return connections.isKeptOut(attempt, inFlight, nowNanos);
    }
}
