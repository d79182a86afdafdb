package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * Counts what each client has in progress, and limits it where a limit is set. It counts without a limit too:
 * what is in progress when a limit comes counts against it, and fair share is judged by the count.
 */
final class ClientCountRule implements Rule {

    static final int UNLIMITED = Integer.MAX_VALUE;

    private final Rejection rejection;
    private final ClientTable clients;
    private final AtomicIntegerFieldUpdater<ClientState> count;
    private volatile int limit = UNLIMITED;

    /** The most that one client has had. Not exact under contention, as whoever loses a race did not have more by much. */
    private volatile int most;

    ClientCountRule(Reason reason, ClientTable clients, AtomicIntegerFieldUpdater<ClientState> count) {
        this.rejection = Rejection.of(reason);
        this.clients = clients;
        this.count = count;
    }

    void limit(int limit) {
        this.limit = limit;
    }

    /** The most that one client has had since this was last asked. */
    int takeMost() {
        int taken = most;
        most = 0;
        return taken;
    }

    @Override
    public String name() {
        return rejection.reason().text();
    }

    @Override
    public boolean judgesClient() {
        return true;
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long now) {
        while (true) {
            ClientState client = clients.stateOf(attempt);
            client.accrue(now);
            int limit = this.limit;
            int before = limit == UNLIMITED ? count.getAndIncrement(client) : count.get(client);
            if (before >= limit) {
                return rejection;
            }
            if (limit == UNLIMITED || count.compareAndSet(client, before, before + 1)) {
                if (!client.isForgotten()) {
                    if (before >= most) {
                        most = before + 1;
                    }
                    return Verdict.pass();
                }
                count.decrementAndGet(client);
            }
        }
    }

    @Override
    public void cancel(Attempt attempt, long now) {
        ClientState client = clients.stateOf(attempt);
        client.accrue(now);
        count.decrementAndGet(client);
    }

    @Override
    public void release(Attempt attempt, long admittedAt, long now, Outcome outcome) {
        cancel(attempt, now);
    }
}
