package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;

/**
 * Limits what each client has in progress. Without a limit it counts all the same: what is in progress when a limit comes
 * counts against it, and fair share is judged by the count.
 */
final class ClientCountRule implements Rule {

    static final int UNLIMITED = Integer.MAX_VALUE;

    private final Rejection rejection;
    private final ClientTable clients;
    private final Attempt.Kind kind;
    private volatile int limit = UNLIMITED;

    /** The most that one client has had. Not exact under contention, as whoever loses a race did not have more by much. */
    private volatile int most;

    ClientCountRule(Reason reason, ClientTable clients, Attempt.Kind kind) {
        this.rejection = Rejection.of(reason);
        this.clients = clients;
        this.kind = kind;
    }

    void limit(int limit) {
        this.limit = limit;
    }

    /**
     * The same rule, asked while there is a limit, or while there is none: then it refuses nothing, and is best asked
     * after all that may, so that what they refuse need not be counted up and down.
     */
    Rule whileLimited(boolean limited) {
        return new While(this, limited);
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
            // The count first: were it read after the limit, others might come in under a new limit between the two.
            int before = client.inProgress(kind);
            int limit = this.limit;
            if (before >= limit) {
                return rejection;
            }
            boolean begun = true;
            if (limit == UNLIMITED) {
                before = client.begin(kind);
            } else {
                begun = client.beginAfter(kind, before);
            }
            if (begun) {
                if (!client.isForgotten()) {
                    if (before >= most) {
                        most = before + 1;
                    }
                    return Verdict.pass();
                }
                client.end(kind);
            }
        }
    }

    @Override
    public boolean mayRefuse(Attempt attempt, long now) {
        ClientState client = clients.stateOf(attempt);
        client.accrue(now);
        return client.inProgress(kind) >= limit;
    }

    @Override
    public void cancel(Attempt attempt, long now) {
        ClientState client = clients.stateOf(attempt);
        client.accrue(now);
        client.end(kind);
    }

    @Override
    public void release(Attempt attempt, long admittedAt, long now, Outcome outcome) {
        cancel(attempt, now);
    }

    private record While(ClientCountRule rule, boolean limited) implements Rule {

        @Override
        public boolean active() {
            return limited == (rule.limit != UNLIMITED);
        }

        @Override
        public String name() {
            return rule.name();
        }

        @Override
        public boolean judgesClient() {
            return rule.judgesClient();
        }

        @Override
        public Verdict tryAcquire(Attempt attempt, long now) {
            return rule.tryAcquire(attempt, now);
        }

        @Override
        public boolean mayRefuse(Attempt attempt, long now) {
            return rule.mayRefuse(attempt, now);
        }

        @Override
        public void cancel(Attempt attempt, long now) {
            rule.cancel(attempt, now);
        }

        @Override
        public void release(Attempt attempt, long admittedAt, long now, Outcome outcome) {
            rule.cancel(attempt, now);
        }
    }
}
