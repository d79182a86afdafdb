package io.portguard.client;

import io.portguard.IpAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Where exempt requests come from, health probes as a rule: the first few addresses. Thread-safe. */
public final class ProbePeers {

    private static final int MAX = 16;

    private final Set<IpAddress> peers = ConcurrentHashMap.newKeySet();

    /** An exempt request came from this address. */
    public void seen(@Nullable IpAddress peer) {
        if (peer != null && peers.size() < MAX) {
            peers.add(peer);
        }
    }

    public Set<IpAddress> all() {
        return Set.copyOf(peers);
    }
}
