package io.portguard.netty;

/** Who waits, longest first; entries are in one list at most. Confined to one event loop. */
final class WaitList {

    /** Before the first and behind the last. */
    private final Entry ends = new Entry(() -> {});

    void add(Entry entry, long nowNanos) {
        entry.remove();
        Entry last = ends.previous;
        entry.previous = last;
        entry.next = ends;
        last.next = entry;
        ends.previous = entry;
        entry.sinceNanos = nowNanos;
    }

    /** Takes out those that have waited for so long, up to a number, and tells them. */
    void expire(long nowNanos, long timeoutNanos, int atMost) {
        for (int i = 0; i < atMost; i++) {
            Entry first = ends.next;
            if (first == ends || nowNanos - first.sinceNanos < timeoutNanos) {
                return;
            }
            first.remove();
            first.onTimeout.run();
        }
    }

    /** One that may wait. One that does not is linked to itself. */
    static final class Entry {

        private final Runnable onTimeout;
        private Entry previous = this;
        private Entry next = this;
        private long sinceNanos;

        Entry(Runnable onTimeout) {
            this.onTimeout = onTimeout;
        }

        boolean isWaiting() {
            return next != this;
        }

        /** Ends the wait, if there is one. */
        void remove() {
            next.previous = previous;
            previous.next = next;
            next = this;
            previous = this;
        }
    }
}
