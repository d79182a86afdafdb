package io.portguard.standard;

import io.portguard.IpAddress;
import io.portguard.client.ClientIdentity;
import io.portguard.http.HttpAttempts;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/** What an operator should know of how clients are told apart here; logged once each. */
final class IdentityNotices {

    private static final System.Logger LOGGER = System.getLogger(IdentityNotices.class.getName());

    private final String guard;
    private final ClientIdentity identity;
    private final HttpAttempts attempts;
    private int logged;

    IdentityNotices(String guard, ClientIdentity identity, HttpAttempts attempts) {
        this.guard = guard;
        this.identity = identity;
        this.attempts = attempts;
    }

    List<String> all() {
        List<String> notices = new ArrayList<>();
        if (identity.isForgeable()) {
            notices.add(
                    "Clients are told by a header, and clients.trusted-proxies names nobody: whoever reaches the port"
                            + " can pass for anyone. Name the proxies that set the header.");
        }
        IpAddress proxy = attempts.untrustedProxy();
        if (proxy != null) {
            notices.add(
                    "Most requests come from " + proxy + ", which forwards for others and is not trusted: all behind"
                            + " it count as one client. If it is your own proxy (nobody else's, for whoever is trusted"
                            + " can pass for anyone), add clients.trusted-proxies: " + proxy);
        }
        return notices;
    }

    /** Logs what is new; to be called by one thread at a time. */
    void log() {
        List<String> notices = all();
        if (notices.size() > logged) {
            // There is one of each kind, and none goes away.
            notices.subList(logged, notices.size())
                    .forEach(notice -> LOGGER.log(Level.WARNING, () -> "Guard \"" + guard + "\": " + notice));
            logged = notices.size();
        }
    }
}
