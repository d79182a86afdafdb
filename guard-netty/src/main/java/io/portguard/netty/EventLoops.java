package io.portguard.netty;

import io.netty.channel.EventLoop;
import io.portguard.pressure.PressureSource;
import io.portguard.standard.StandardGuard;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The event loops with guarded connections, and how many tasks wait for the one that most wait for, of as many as a loop
 * runs in a few milliseconds. Thread-safe; sampled by one thread, which also finds out how late each loop is.
 */
final class EventLoops implements PressureSource {

    /** Small tasks, a write for instance, take a microsecond or a few. */
    private static final double FULL = 10_000;

    private final StandardGuard port;
    private final String name;
    private final Map<EventLoop, LoopWatch> watches = new ConcurrentHashMap<>();

    EventLoops(StandardGuard port, String name) {
        this.port = port;
        this.name = name;
    }

    /** The watch of an event loop, to be asked for on that loop alone. */
    LoopWatch watch(EventLoop loop) {
        return watches.computeIfAbsent(loop, absent -> new LoopWatch(port, absent, () -> watches.remove(absent)));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public double sample(long nowNanos) {
        int most = 0;
        for (LoopWatch watch : watches.values()) {
            most = Math.max(most, watch.standingTasks());
            watch.probe(nowNanos);
        }
        return most / FULL;
    }
}
