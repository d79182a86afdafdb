package io.portguard.benchmarks.overload;

import io.portguard.benchmarks.server.Subject;
import io.portguard.benchmarks.server.SubjectProcess;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A service that is protected in one way or another, or not at all.
 *
 * @param subject the service itself
 * @param front what stands before it and does the protecting; null if the service does it
 * @param played in which runs
 */
record Contender(Subject subject, @Nullable Front front, Played played) {

    /** How much is played of a contender unless all is asked for. */
    enum Played {
        /** Every case. */
        WHOLLY,
        /** The cases that tell most. */
        BRIEFLY,
        /** The highest load alone: for one that recovers from none, and has to be started anew after each. */
        ONCE,
        /** None. */
        ON_REQUEST
    }

    String name() {
        return front == null ? subject.name() : front.label();
    }

    /** Starts it, each part in a process of its own, and waits until it listens. */
    Running start() throws IOException, InterruptedException {
        SubjectProcess service = SubjectProcess.start(Contenders.class, subject);
        if (front == null) {
            return new Running(service.port(), service, () -> {});
        }
        try {
            FrontProcess process = FrontProcess.start(front, service.port());
            return new Running(process.port(), service, process::close);
        } catch (IOException | InterruptedException | RuntimeException fault) {
            service.close();
            throw fault;
        }
    }

    /**
     * A contender that has been started.
     *
     * @param port where it listens
     */
    record Running(int port, SubjectProcess service, Runnable endFront) implements AutoCloseable {

        @Override
        public void close() throws IOException {
            endFront.run();
            service.close();
        }
    }
}
