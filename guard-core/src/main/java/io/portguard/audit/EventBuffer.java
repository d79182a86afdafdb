package io.portguard.audit;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A bounded buffer of events between those who have them and the one who writes them. Adding is lock-free, and drops and
 * counts what there is no room for; taking is for one thread at a time.
 */
final class EventBuffer {

    private final AtomicReferenceArray<@Nullable AuditEvent> slots;
    private final int mask;
    private final AtomicLong added = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final LongAdder dropped = new LongAdder();

    /** A buffer for so many events, a power of two. */
    EventBuffer(int capacity) {
        slots = new AtomicReferenceArray<>(capacity);
        mask = capacity - 1;
    }

    void add(AuditEvent event) {
        while (true) {
            long at = added.get();
            if (at - taken.get() > mask) {
                dropped.increment();
                return;
            }
            if (added.compareAndSet(at, at + 1)) {
                slots.set((int) at & mask, event);
                return;
            }
        }
    }

    /** The oldest event; null when there is none, or it is just being added. */
    @Nullable
    AuditEvent take() {
        long at = taken.get();
        AuditEvent event = slots.getAndSet((int) at & mask, null);
        if (event != null) {
            taken.set(at + 1);
        }
        return event;
    }

    long dropped() {
        return dropped.sum();
    }
}
