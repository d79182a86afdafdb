package io.portguard.benchmarks.sim;

import io.portguard.NanoClock;
import java.util.PriorityQueue;

/** Runs events in the order of their virtual time, and is the clock that shows it. Not thread-safe. */
final class EventLoop implements NanoClock {

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now;
    private long sequence;
    private long pausedUntil;

    private record Event(long at, long sequence, Runnable action) implements Comparable<Event> {

        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(sequence, other.sequence);
        }
    }

    @Override
    public long nanoTime() {
        return now;
    }

    void at(long time, Runnable action) {
        events.add(new Event(Math.max(time, now), sequence++, action));
    }

    void after(long nanos, Runnable action) {
        at(now + nanos, action);
    }

    /** Stops the whole process, the guard included, for a time: what falls due meanwhile happens at the end of it. */
    void pause(long nanos) {
        pausedUntil = now + nanos;
    }

    void runUntil(long end) {
        while (!events.isEmpty() && events.peek().at <= end) {
            Event event = events.poll();
            if (event.at < pausedUntil) {
                events.add(new Event(pausedUntil, event.sequence, event.action));
                continue;
            }
            now = event.at;
            event.action.run();
        }
        now = end;
    }
}
