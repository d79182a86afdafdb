package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.IpAddress;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Verdict;
import io.portguard.client.AddressRanges;

/**
 * Lets in by address: a denied one never, and with an allow list nobody who is not on it. What has no address
 * (a Unix domain socket) is let in. Inactive without lists.
 */
public final class AccessRule implements TakesNothing {

    private static final Rejection REJECTION = Rejection.of(Reason.DENIED, Rejection.MAX_RETRY_AFTER_SECONDS);

    private volatile Lists lists = new Lists(AddressRanges.NONE, AddressRanges.NONE);

    private record Lists(AddressRanges allow, AddressRanges deny) {}

    /** Replaces both lists at once. */
    public void lists(AddressRanges allow, AddressRanges deny) {
        lists = new Lists(allow, deny);
    }

    @Override
    public String name() {
        return "access";
    }

    @Override
    public boolean active() {
        Lists now = lists;
        return !now.allow.isEmpty() || !now.deny.isEmpty();
    }

    @Override
    public boolean judgesClient() {
        return true;
    }

    @Override
    public Verdict tryAcquire(Attempt attempt, long nowNanos) {
        IpAddress address = attempt.address();
        if (address == null) {
            return Verdict.pass();
        }
        Lists now = lists;
        boolean in = !now.deny.contains(address) && (now.allow.isEmpty() || now.allow.contains(address));
        return in ? Verdict.pass() : REJECTION;
    }
}
