package io.portguard.client;

import io.portguard.IpAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Finds the peer that looks like a proxy and is not trusted: it sends most of the requests and says in each for whom, not
 * always for the same one, as a single client behind a proxy of its own would. Everybody behind it then counts as one
 * client, which is probably not meant. Thread-safe; whoever comes while another reports is passed over.
 */
public final class UntrustedProxy {

    /*
     * Whoever sends more than half of a window is found with one counter (Boyer and Moore, "MJRTY", 1991), and in the
     * next window it is counted exactly. What is reported is a sample already, see HttpAttempts.
     */

    private static final int WINDOW = 200;
    private static final double MOST = 0.5;
    private static final double NEARLY_ALL = 0.9;

    private final AtomicBoolean busy = new AtomicBoolean();
    private @Nullable IpAddress suspect;
    private @Nullable IpAddress candidate;
    private int votes;
    private int seen;
    private int ofSuspect;
    private int forwarded;
    private @Nullable String forwardedLast;
    private boolean forwardedOthers;
    private volatile @Nullable IpAddress found;

    /** A request of a peer that is not trusted. */
    public void seen(IpAddress peer, RequestOrigin request) {
        if (found != null || !busy.compareAndSet(false, true)) {
            return;
        }
        try {
            vote(peer);
            seen++;
            if (peer.equals(suspect)) {
                ofSuspect++;
                forwarded(forWhom(peer, request));
            }
            if (seen == WINDOW) {
                judge();
            }
        } finally {
            busy.set(false);
        }
    }

    private void vote(IpAddress peer) {
        if (votes == 0) {
            candidate = peer;
        }
        votes += peer.equals(candidate) ? 1 : -1;
    }

    private void forwarded(@Nullable String whom) {
        if (whom != null) {
            forwarded++;
            forwardedOthers |= forwardedLast != null && !whom.equals(forwardedLast);
            forwardedLast = whom;
        }
    }

    private void judge() {
        if (ofSuspect > WINDOW * MOST && forwarded > ofSuspect * NEARLY_ALL && forwardedOthers) {
            found = suspect;
        }
        suspect = candidate;
        votes = 0;
        seen = 0;
        ofSuspect = 0;
        forwarded = 0;
        forwardedLast = null;
        forwardedOthers = false;
    }

    /** What it says for whom; null when it does not. A servlet request shows the peer's own address then. */
    private static @Nullable String forWhom(IpAddress peer, RequestOrigin request) {
        String x = request.header("X-Forwarded-For");
        return x == null || peer.equals(IpAddress.parseOrNull(x)) ? request.header("Forwarded") : x;
    }

    /** The peer that looks like a proxy; null while there is none. */
    public @Nullable IpAddress found() {
        return found;
    }
}
