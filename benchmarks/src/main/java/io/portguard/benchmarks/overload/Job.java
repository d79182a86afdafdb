package io.portguard.benchmarks.overload;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What the service does: sixteen units of work at once, ten milliseconds each. Thread-safe. */
final class Job {

    static final int WORKERS = 16;
    static final long NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Semaphore idle = new Semaphore(WORKERS, true);

    /** Does one unit of work, when its turn has come. */
    void run() {
        idle.acquireUninterruptibly();
        try {
            long end = System.nanoTime() + NANOS;
            for (long left = NANOS; left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
            }
        } finally {
            idle.release();
        }
    }
}
