package io.portguard.benchmarks.sim;

import io.portguard.Outcome;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Admits requests or refuses them: Portguard, or a peer. */
interface Gate {

    /** What to call when the request has ended; null when it is refused. */
    @Nullable
    Consumer<Outcome> tryAdmit(int mix, int client);

    /** How many may be in flight at present. */
    int limit();

    /** Called at every tick of virtual time; see {@link Scenario#tickMillis}. */
    default void tick() {}
}
