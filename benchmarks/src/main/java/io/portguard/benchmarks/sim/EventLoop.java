package io.portguard.benchmarks.sim;

import io.portguard.NanoClock;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;

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

    /** Runs what falls due until then, and has each request arrive in its time; they come in order. */
    void runUntil(long end, List<Request> requests, Consumer<Request> arrival) {
        int next = 0;
        while (true) {
            long arrives =
                    next < requests.size() ? Math.max(requests.get(next).arrivesAt, pausedUntil) : Long.MAX_VALUE;
            Event event = events.peek();
            if (event != null && event.at < pausedUntil) {
                events.poll();
                events.add(new Event(pausedUntil, event.sequence, event.action));
            } else if (event != null && event.at <= Math.min(end, arrives)) {
                events.poll();
                now = event.at;
                event.action.run();
            } else if (arrives <= end) {
                now = arrives;
                arrival.accept(requests.get(next++));
            } else {
                now = end;
                return;
            }
        }
    }
}
