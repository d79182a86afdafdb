package io.portguard.storm;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The processes that this program starts: none outlives it, however it is ended. Thread-safe. */
final class Children {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final List<Process> running = new ArrayList<>();
    private boolean ending;

    Children() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::endAll, "end-children"));
    }

    // Under the lock, so that no process starts unseen while the program is being ended.
    synchronized Process start(ProcessBuilder builder) throws IOException {
        if (ending) {
            throw new IOException("this program is ending");
        }
        Process process = builder.start();
        running.add(process);
        return process;
    }

    /** Ends a process: politely at first, by force after two seconds. */
    void end(Process process) {
        process.destroy();
        awaitEnd(process);
        synchronized (this) {
            running.remove(process);
        }
    }

    private synchronized void endAll() {
        ending = true;
        running.forEach(Process::destroy);
        running.forEach(Children::awaitEnd);
    }

    private static void awaitEnd(Process process) {
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
