package io.portguard.audit;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.GuardListener;
import io.portguard.NanoClock;
import io.portguard.Rejection;
import io.portguard.settings.SettingChange;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Records what a guard refused, a sample of one a second for each client and reason, and everything that was changed.
 * Thread-safe. Events wait in a bounded buffer and are written by {@link #drain}, off every request's thread: to the
 * logger {@code io.portguard.audit}, changes at {@code INFO}, refusals and bans for failures at {@code DEBUG}, and to
 * files where there is a folder for them.
 */
public final class Audit implements GuardListener {

    /** As whom bans for failures are recorded. */
    public static final String PENALTIES = "penalties";

    private static final System.Logger LOGGER = System.getLogger("io.portguard.audit");
    private static final int BUFFERED = 1 << 13;

    /** Lines written in one go, a fraction of a millisecond's work; and the time that others have the processor then. */
    private static final int AT_ONCE = 8;

    private static final long PAUSE_NANOS = 1_000_000;

    private final String guard;
    private final NanoClock clock;
    private final @Nullable AuditTrail trail;
    private final RefusalSample sample;
    private final EventBuffer buffer = new EventBuffer(BUFFERED);
    private long lostTold;
    private boolean begun;
    private volatile boolean closing;

    /** Whether refusals go anywhere; looked at in the background, as loggers take their time to say so. */
    private volatile boolean recordsRefusals;

    /**
     * An audit.
     *
     * @param folder of the files; null for none
     * @param maxFileBytes from which a new file is begun
     * @param retention how long files are kept, in whole days
     */
    public Audit(String guard, @Nullable Path folder, long maxFileBytes, Duration retention, NanoClock clock) {
        this.guard = guard;
        this.clock = clock;
        this.trail = folder == null ? null : new AuditTrail(folder, guard, maxFileBytes, retention);
        this.sample = new RefusalSample(clock.nanoTime());
        this.recordsRefusals = areRefusalsRecorded();
    }

    @Override
    public void rejected(Attempt attempt, Rejection rejection, boolean enforced) {
        if (!recordsRefusals) {
            return;
        }
        int hash = attempt.client().key().hashCode() * 31 + rejection.reason().ordinal();
        long notRecorded = sample.take(hash, clock.nanoTime());
        if (notRecorded != RefusalSample.PASSED_OVER) {
            buffer.add(new AuditEvent.Refused(
                    clock.epochMillis(), attempt, FiveTuple.of(attempt), rejection.reason(), enforced, notRecorded));
        }
    }

    /** A setting was changed. */
    public void changed(SettingChange change) {
        long now = clock.epochMillis();
        buffer.add(new AuditEvent.Changed(now, change, change.seconds() == 0 ? 0 : now + change.seconds() * 1_000));
    }

    /** A client was banned for so many seconds; 0 when its ban was ended. */
    public void banned(ClientKey client, String who, long seconds) {
        buffer.add(new AuditEvent.Banned(clock.epochMillis(), client.toString(), who, seconds));
    }

    /** A client was recognised as scanning ports, by what is told. */
    public void scanned(Attempt attempt, String how) {
        buffer.add(new AuditEvent.Scanned(clock.epochMillis(), attempt, FiveTuple.of(attempt), how));
    }

    /** Events that were lost because the buffer was full or a file could not be written. */
    public long lost() {
        return buffer.dropped() + (trail == null ? 0 : trail.lost());
    }

    /** What an operator should know of the audit; empty when all is well. */
    public List<String> notices() {
        long lost = lost();
        return lost == 0
                ? List.of()
                : List.of("The audit lost " + lost + " events: its buffer was full or its folder cannot be written.");
    }

    private boolean areRefusalsRecorded() {
        return trail != null || LOGGER.isLoggable(Level.DEBUG);
    }

    /**
     * Writes what has come; takes its time, on a thread that nothing else waits for. A few lines at a time with pauses in
     * between: a processor that is busy with all of them at once keeps requests waiting for as long.
     */
    public synchronized void drain() {
        recordsRefusals = areRefusalsRecorded();
        while (drainSome() && !closing) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Returns whether there may be more. */
    private boolean drainSome() {
        List<AuditEvent> events = new ArrayList<>(AT_ONCE);
        long lost = lost();
        addTrailsOwn(events, lost);
        while (events.size() < AT_ONCE) {
            AuditEvent event = buffer.take();
            if (event == null) {
                break;
            }
            log(event);
            events.add(event);
        }
        if (trail != null && !events.isEmpty() && trail.write(events, clock.epochMillis())) {
            lostTold = begun ? lost : lostTold;
            begun = true;
        }
        return events.size() >= AT_ONCE;
    }

    private void addTrailsOwn(List<AuditEvent> events, long lost) {
        if (!begun) {
            events.add(new AuditEvent.Trail(clock.epochMillis(), "audit-began", 0));
        } else if (lost > lostTold) {
            events.add(new AuditEvent.Trail(clock.epochMillis(), "events-lost", lost - lostTold));
        }
    }

    private void log(AuditEvent event) {
        // Whoever can have many addresses banned shall not fill the log.
        boolean ofClients = event instanceof AuditEvent.Refused
                || event instanceof AuditEvent.Scanned
                || (event instanceof AuditEvent.Banned ban && PENALTIES.equals(ban.who()));
        Level level = ofClients ? Level.DEBUG : Level.INFO;
        if (LOGGER.isLoggable(level)) {
            JsonLine line = new JsonLine().text("observer.name", guard);
            event.write(line);
            LOGGER.log(level, () -> line.open() + "}");
        }
    }

    /** Writes what has come and closes the file. */
    public void close() {
        closing = true;
        synchronized (this) {
            boolean more = true;
            while (more) {
                more = drainSome();
            }
            if (trail != null) {
                trail.close();
            }
        }
    }
}
