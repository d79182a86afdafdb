package io.portguard.standard;

import io.portguard.ClientKey;
import io.portguard.NanoClock;
import io.portguard.audit.Audit;
import io.portguard.rule.ClientTable;
import io.portguard.rule.StandardRules;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bans of clients, recorded, and kept over a restart where there is a file for them. Thread-safe; the file is written
 * off every request's thread.
 */
final class Bans {

    private static final System.Logger LOGGER = System.getLogger(Bans.class.getName());

    private final StandardRules rules;
    private final ClientTable clients;
    private final Audit audit;
    private final @Nullable BanFile file;
    private long written;
    private volatile @Nullable String brokenAtStart;
    private volatile @Nullable String unwritten;

    Bans(StandardRules rules, ClientTable clients, Audit audit, @Nullable Path path, NanoClock clock) {
        this.rules = rules;
        this.clients = clients;
        this.audit = audit;
        file = path == null ? null : new BanFile(path, clock);
        if (file != null) {
            restore(file);
        }
        rules.penalties().onBan((client, seconds) -> audit.banned(client, Audit.PENALTIES, seconds));
    }

    private void restore(BanFile kept) {
        try {
            rules.bans().restore(kept.read());
        } catch (BanFile.BrokenException | IOException broken) {
            brokenAtStart = StandardSettings.PENALTIES_PERSIST_TO + " could not be read, no ban of before holds: "
                    + broken.getMessage() + aside(kept);
            LOGGER.log(Level.WARNING, brokenAtStart);
        }
    }

    private static String aside(BanFile kept) {
        try {
            return "; it is kept as " + kept.setAside();
        } catch (IOException fixed) {
            return "; it could not be set aside: " + fixed.getMessage();
        }
    }

    void ban(ClientKey client, long seconds, String who) {
        rules.bans().ban(client, seconds);
        audit.banned(client, who, seconds);
    }

    /** Ends a ban and forgives the client's failures; returns whether there was a ban. */
    boolean unban(ClientKey client, String who) {
        rules.penalties().forgive(clients.client(client));
        boolean ended = rules.bans().unban(client);
        if (ended) {
            audit.banned(client, who, 0);
        }
        return ended;
    }

    /** Writes the file if bans have changed; may take its time. */
    synchronized void keep() {
        long changes = rules.bans().changes();
        if (file == null || changes == written) {
            return;
        }
        try {
            file.write(rules.bans().all());
            written = changes;
            unwritten = null;
        } catch (IOException | RuntimeException failed) {
            if (unwritten == null) {
                LOGGER.log(Level.WARNING, "Bans are not kept over a restart", failed);
            }
            unwritten =
                    StandardSettings.PENALTIES_PERSIST_TO + " cannot be written, bans end with the process: " + failed;
        }
    }

    /** What an operator should know of the file. */
    List<String> notices() {
        String broken = brokenAtStart;
        String failing = unwritten;
        return broken == null
                ? failing == null ? List.of() : List.of(failing)
                : failing == null ? List.of(broken) : List.of(broken, failing);
    }

    /** Who is banned, and for how many seconds more. */
    Map<String, Long> seconds() {
        return rules.bans().bans();
    }
}
