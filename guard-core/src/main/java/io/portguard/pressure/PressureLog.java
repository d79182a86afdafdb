package io.portguard.pressure;

import io.portguard.Guard;
import io.portguard.GuardListener;
import io.portguard.NanoClock;
import io.portguard.PressureEvent;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Tells of what changes under pressure: to listeners, to the log, once a second at most, and to who asks later.
 * Thread-safe.
 */
public final class PressureLog {

    /** How many events are kept. */
    public static final int KEPT = 64;

    private static final System.Logger LOG = System.getLogger(Guard.class.getName());
    private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String guard;
    private final NanoClock clock;
    private final List<GuardListener> listeners;
    private final Consumer<Throwable> faults;
    private final Deque<PressureEvent> kept = new ArrayDeque<>();
    private long logNextAtNanos;
    private int unlogged;

    /**
     * A log with nothing in it.
     *
     * @param faults is told what a listener threw
     */
    public PressureLog(String guard, NanoClock clock, List<GuardListener> listeners, Consumer<Throwable> faults) {
        this.guard = guard;
        this.clock = clock;
        this.listeners = List.copyOf(listeners);
        this.faults = faults;
        this.logNextAtNanos = clock.nanoTime();
    }

    /**
     * Tells of a change.
     *
     * @param cause the source behind it, or {@code none}
     * @param why in a word or two, for the log alone; may be empty
     */
    public void tell(PressureEvent.Kind kind, String from, String to, String cause, double reading, String why) {
        PressureEvent event = new PressureEvent(clock.nanoTime(), kind, from, to, cause, reading);
        synchronized (this) {
            if (kept.size() == KEPT) {
                kept.removeFirst();
            }
            kept.addLast(event);
        }
        for (GuardListener listener : listeners) {
            try {
                listener.pressureChanged(event);
            } catch (Throwable fault) {
                faults.accept(fault);
            }
        }
        log(event, why);
    }

    private void log(PressureEvent event, String why) {
        // A source comes or goes once in a while, and each says so.
        int before = event.kind() == PressureEvent.Kind.SOURCE ? 0 : turnToLog(event.atNanos());
        if (before < 0) {
            return;
        }
        try {
            LOG.log(
                    isWorse(event) ? Level.WARNING : Level.INFO,
                    () -> "Guard \"" + guard + "\": " + event + (why.isEmpty() ? "" : ": " + why)
                            + (before == 0 ? "" : " (and " + before + " changes before that)"));
        } catch (RuntimeException brokenLogger) {
            faults.accept(brokenLogger);
        }
    }

    /** How many were not logged since the last that was; -1 when it is too soon for another. */
    private synchronized int turnToLog(long nowNanos) {
        if (nowNanos - logNextAtNanos < 0) {
            unlogged++;
            return -1;
        }
        logNextAtNanos = nowNanos + LOG_INTERVAL_NANOS;
        int before = unlogged;
        unlogged = 0;
        return before;
    }

    private static boolean isWorse(PressureEvent event) {
        return switch (event.kind()) {
            case SHEDDING, STANCE -> !event.cause().equals("none");
            case ALARM -> event.to().equals("high");
            case SOURCE, SLOW_START -> false;
        };
    }

    /** The last events, oldest first. */
    public synchronized List<PressureEvent> events() {
        return List.copyOf(kept);
    }
}
