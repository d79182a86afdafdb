package io.portguard.connection;

import io.portguard.Client;
import io.portguard.ClientKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for nothing but their client, which does not send its body or does not read its answer: whose
 * goes when places are short, and who gets no place for another. Thread-safe.
 */
final class StalledRequests {

    /*
     * A client may have one such request, however short places are: a slow reader or a slow line is no attack. Those that
     * are spared need no place, since the service does nothing for them; otherwise as many slow clients as there are
     * places would stop it, and one is enough when the limit has come down to 1. They hold threads where a service blocks,
     * so that only some need none.
     *
     * Taking stalled requests away is too slow against a client that brings new ones all the time: each has to stall
     * before it can be told from others. So a client whose stalled requests are half of all that is in flight is kept out
     * for a while.
     *
     * All of this is known from the last ranking, which is made only while somebody is refused for want of a place.
     */

    private static final int SPARED = 1;
    private static final int SET_ASIDE_AT_MOST = 32;
    private static final long KNOWN_FOR_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long KEPT_OUT_NANOS = Duration.ofSeconds(2).toNanos();

    private final Reclaim requests;
    private volatile Finding clients = new Finding(null, 0, Long.MIN_VALUE / 2); // before every time
    private volatile Finding heaviest = clients;

    StalledRequests(Iterable<OpenConnection> open) {
        requests = new Reclaim(open, OpenConnection::isStalled, SPARED, this::ranked);
    }

    private void ranked(int clients, @Nullable ClientKey first, int held, long now) {
        this.clients = new Finding(null, Math.min(clients, SET_ASIDE_AT_MOST), now + KNOWN_FOR_NANOS);
        if (held > SPARED) {
            heaviest = new Finding(first, held, now + KEPT_OUT_NANOS);
        }
    }

    boolean makePlaceFor(ClientKey newcomer, long now, Reclaim.Ending ending) {
        return requests.makeRoomFor(newcomer, now, ending);
    }

    /** Whether none was found when it was last looked, a moment ago. */
    boolean hasNothing(long now) {
        return requests.hasNothing(now);
    }

    /** How many requests are left alone and need no place. */
    int setAside(long now) {
        Finding known = clients;
        return known.untilNanos() - now > 0 ? known.count() : 0;
    }

    /** Whether a client has of late held at least half of so many places with stalled requests. */
    boolean isKeptOut(Client client, int inFlight, long now) {
        Finding known = heaviest;
        return known.untilNanos() - now > 0
                && known.count() * 2 >= inFlight
                && client.key().equals(known.client());
    }

    /** What was found, and until when it counts. */
    private record Finding(@Nullable ClientKey client, int count, long untilNanos) {}
}
