package io.portguard.benchmarks.overload;

import io.portguard.benchmarks.load.LoadListener;
import io.portguard.benchmarks.load.OpenLoop;
import io.portguard.benchmarks.load.Slot;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends a run when its service has been itself again for a while: there is no need to watch it further. Used on the
 * generator's thread alone.
 */
public final class RecoveryWatch implements LoadListener {

    private final double calmSeconds;
    private final List<Slot> before = new ArrayList<>();
    private final List<Slot> after = new ArrayList<>();
    private Runnable stop = () -> {};

    /**
     * @param calmSeconds how long it has to have been good
     */
    public RecoveryWatch(double calmSeconds) {
        this.calmSeconds = calmSeconds;
    }

    /** Says which run is to be ended; before it begins. */
    public void stops(OpenLoop loop) {
        stop = loop::stop;
    }

    @Override
    public void slotSettled(Slot slot) {
        if (slot.phase().equals(Scenario.BEFORE)) {
            before.add(slot);
        } else if (slot.phase().equals(Scenario.AFTER)) {
            after.add(slot);
            double watched = after.size() * slot.seconds();
            Recovery soFar = Recovery.of(after, Recovery.p99(before));
            if (soFar.recovered() && watched - soFar.seconds() >= calmSeconds) {
                stop.run();
            }
        }
    }
}
