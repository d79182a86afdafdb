package io.portguard.benchmarks.load;

/**
 * Follows a run while it goes on. Called on the generator's own thread, so whatever takes long here makes the
 * generator late.
 */
public interface LoadListener {

    LoadListener NONE = new LoadListener() {};

    default void phaseBegan(Phase phase) {}

    /** The last phase is over: no further request is due. Answers may still be under way. */
    default void loadEnded() {}

    /** Called slot by slot, in order, as soon as the last request that was due in a slot has ended. */
    default void slotSettled(Slot slot) {}
}
