package io.portguard.connection;

import io.portguard.NanoClock;
import java.time.Duration;

/**
 * How many bytes a second each client may send and be sent, over all its connections together. Thread-safe; adapters that
 * move the bytes ask, and hold up whoever has to wait.
 */
public final class Bandwidth {

    private static final Duration BURST = Duration.ofSeconds(1);

    private final ClientBudget reads;
    private final ClientBudget writes;

    Bandwidth(NanoClock clock) {
        reads = new ClientBudget(clock, BURST);
        writes = new ClientBudget(clock, BURST);
    }

    /** What clients send. */
    public ClientBudget reads() {
        return reads;
    }

    /** What clients are sent. */
    public ClientBudget writes() {
        return writes;
    }

    /** Whether there is a cap in either direction: one or two volatile reads. */
    public boolean isCapped() {
        return reads.rate() != ClientBudget.NONE || writes.rate() != ClientBudget.NONE;
    }

    /**
     * What holds from now on; who waits already waits as long as they would have from the beginning.
     *
     * @param readRate bytes a second, {@link ClientBudget#NONE} for no limit
     * @param writeRate the same
     */
    public void configure(int readRate, int writeRate) {
        reads.rate(readRate);
        writes.rate(writeRate);
    }

    void sweep(long now) {
        reads.sweep(now);
        writes.sweep(now);
    }
}
