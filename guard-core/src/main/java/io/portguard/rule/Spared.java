package io.portguard.rule;

import io.portguard.Attempt;
import io.portguard.IpAddress;
import io.portguard.client.AddressRanges;

/**
 * Who is never punished for failures: what is exempt, who is on the allow list, a trusted proxy (whose failures are
 * those of everybody behind it), and what has no address to be told by. Thread-safe.
 */
final class Spared {

    private volatile AddressRanges trustedProxies = AddressRanges.NONE;
    private volatile AddressRanges allow = AddressRanges.NONE;

    void trustedProxies(AddressRanges ranges) {
        trustedProxies = ranges;
    }

    void allow(AddressRanges ranges) {
        allow = ranges;
    }

    boolean contains(Attempt attempt) {
        IpAddress address = attempt.address();
        return attempt.exempt()
                || address == null
                || trustedProxies.contains(address)
                || (!allow.isEmpty() && allow.contains(address));
    }
}
