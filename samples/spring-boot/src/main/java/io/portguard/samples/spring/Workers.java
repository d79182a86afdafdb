package io.portguard.samples.spring;

import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.springframework.stereotype.Component;

/** So many workers that each do one unit of work at a time; whoever comes when all are busy waits in line. */
@Component
final class Workers {

    private final Semaphore idle;
    private final long serviceNanos;

    Workers(SampleProperties properties) {
        idle = new Semaphore(properties.workers(), true);
        serviceNanos = properties.serviceTime().toNanos();
    }

    /** Does one unit of work. */
    void work() throws InterruptedException {
        idle.acquire();
        try {
            long end = System.nanoTime() + serviceNanos;
            for (long left = serviceNanos; left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted at work");
                }
            }
        } finally {
            idle.release();
        }
    }
}
