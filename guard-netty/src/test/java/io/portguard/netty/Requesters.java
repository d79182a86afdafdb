package io.portguard.netty;

import io.portguard.Attempt;
import io.portguard.GuardListener;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Writes down who the requests are taken to be from, and how much they matter. */
final class Requesters implements GuardListener {

    private final Queue<Attempt> requests = new ConcurrentLinkedQueue<>();

    @Override
    public void admitted(Attempt attempt) {
        if (attempt.kind() == Attempt.Kind.REQUEST) {
            requests.add(attempt);
        }
    }

    /** The address of the request that came last. */
    String last() {
        return requests.stream()
                .reduce((first, second) -> second)
                .orElseThrow()
                .address()
                .toString();
    }

    Attempt lastAttempt() {
        return requests.stream().reduce((first, second) -> second).orElseThrow();
    }
}
