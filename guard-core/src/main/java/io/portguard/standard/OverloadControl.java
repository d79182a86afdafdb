package io.portguard.standard;

import io.portguard.ConnectionStance;
import io.portguard.NanoClock;
import io.portguard.PressureEvent;
import io.portguard.Priority;
import io.portguard.pressure.ListenBacklog;
import io.portguard.pressure.Overload;
import io.portguard.pressure.PressureLog;
import io.portguard.pressure.PressureMonitor;
import io.portguard.pressure.QueueDelay;
import io.portguard.pressure.SlowStart;
import io.portguard.pressure.StanceControl;
import io.portguard.rule.StandardRules;
import org.jspecify.annotations.Nullable;

/**
 * The one graduated answer of a port to pressure: what is over its start sheds requests first and closes connections
 * when that is not enough. Moved by the tick; the stance may be read by any thread.
 */
final class OverloadControl {

    private static final String NONE = "none";

    private final StandardRules rules;
    private final PressureMonitor monitor;
    private final PressureLog log;
    private final ListenBacklog backlog;
    private final QueueDelay queueDelay;
    private final StanceControl stances = new StanceControl();
    private final SlowStart slowStart = new SlowStart();
    private volatile ConnectionStance inForce = ConnectionStance.ACCEPT;
    private ConnectionStance stance = ConnectionStance.ACCEPT;
    private boolean pausedToWarmUp;
    private boolean paced;
    private @Nullable Priority shed;
    private boolean enforcing = true;

    OverloadControl(
            StandardRules rules, ListenBacklog backlog, QueueDelay queueDelay, NanoClock clock, PressureLog log) {
        this.rules = rules;
        this.backlog = backlog;
        this.queueDelay = queueDelay;
        this.log = log;
        monitor = new PressureMonitor(clock, this::tell);
    }

    PressureMonitor monitor() {
        return monitor;
    }

    /** What adapters are to do: the stance where the guard enforces what it decides, else to accept. */
    ConnectionStance inForce() {
        return inForce;
    }

    synchronized void enforcing(boolean is) {
        enforcing = is;
        putInForce();
    }

    private void putInForce() {
        boolean pause = pausedToWarmUp && stance == ConnectionStance.ACCEPT;
        inForce = !enforcing ? ConnectionStance.ACCEPT : pause ? ConnectionStance.PAUSE : stance;
    }

    /** Samples what is due and answers to it. */
    synchronized void next(long nowNanos, boolean sheddingEnabled) {
        Overload overload = monitor.sample(nowNanos);
        if (!sheddingEnabled) {
            rules.shedNothing();
            stances.reset();
            slowStart.reset();
            pausedToWarmUp = false;
            changeTo(ConnectionStance.ACCEPT, Overload.NONE);
            tellShedding(Overload.NONE);
            return;
        }
        // While the port itself pauses, who waits to be accepted waits because of that.
        boolean paused = inForce == ConnectionStance.PAUSE;
        Overload ofRequests = paused ? overload.without(backlog.name()) : overload;
        pausedToWarmUp = slowStart.next(nowNanos, overload, monitor.reading(backlog.name()));
        tellPacing(overload);
        if (slowStart.isWarmingUp()) {
            ofRequests = ofRequests.withoutPassingQueues();
        }
        rules.shed(ofRequests.queue(), ofRequests.stock());
        tellShedding(ofRequests);
        // Tasks that wait while the service has next to nothing to do wait for somebody else's sake.
        boolean elsewhere = rules.isStarved() && !queueDelay.standsStill();
        Overload ofConnections = elsewhere ? overload.without(queueDelay.name()) : overload;
        changeTo(stances.next(nowNanos, ofConnections, rules.shedsAll()), ofConnections);
    }

    private void changeTo(ConnectionStance next, Overload overload) {
        ConnectionStance before = stance;
        stance = next;
        // First, since whoever sees that a pause is over accepts at once.
        rules.stance(next);
        putInForce();
        if (next != before) {
            tell(PressureEvent.Kind.STANCE, before.text(), next.text(), overload);
        }
    }

    private void tellPacing(Overload overload) {
        if (slowStart.isPacing() == paced) {
            return;
        }
        paced = !paced;
        if (paced) {
            tell(PressureEvent.Kind.SLOW_START, "unpaced", "paced", overload);
        } else {
            String rested = "accepting rested for " + slowStart.rested().toMillis() + " ms";
            log.tell(PressureEvent.Kind.SLOW_START, "paced", "unpaced", NONE, Double.NaN, rested);
        }
    }

    /** Tells of shedding that reaches a more important priority than since it began, and of its end. */
    private void tellShedding(Overload overload) {
        Priority before = shed;
        Priority now = rules.shedPriority();
        if (now == null ? before != null : before == null || now.compareTo(before) < 0) {
            shed = now;
            tell(PressureEvent.Kind.SHEDDING, text(before), text(now), now == null ? Overload.NONE : overload);
        }
    }

    private static String text(@Nullable Priority priority) {
        return priority == null ? NONE : priority.text();
    }

    private void tell(PressureEvent.Kind kind, String from, String to, Overload overload) {
        Overload.Part worst = overload.worst();
        if (worst == null) {
            log.tell(kind, from, to, NONE, Double.NaN, "");
        } else {
            log.tell(kind, from, to, worst.source(), worst.reading(), "");
        }
    }

    private void tell(PressureMonitor.Change change) {
        boolean alarm = change.kind() == PressureMonitor.Change.Kind.ALARM;
        String yes = alarm ? "high" : "present";
        String no = alarm ? "normal" : "absent";
        log.tell(
                alarm ? PressureEvent.Kind.ALARM : PressureEvent.Kind.SOURCE,
                change.is() ? no : yes,
                change.is() ? yes : no,
                change.source(),
                change.reading(),
                change.why() == null ? "" : change.why());
    }
}
