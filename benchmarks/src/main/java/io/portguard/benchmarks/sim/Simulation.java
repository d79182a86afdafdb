package io.portguard.benchmarks.sim;

import io.portguard.NanoClock;
import io.portguard.Outcome;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run of a scenario with one gate. */
final class Simulation {

    static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    static final long RETRY_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Scenario scenario;
    private final long end;
    private final EventLoop loop = new EventLoop();
    private final Service service;
    private final Gate gate;
    private final SimulationResult result;
    private final @Nullable Trace trace;

    /** Makes the gate for a run of a scenario, with a clock that shows the virtual time. */
    interface Subject {
        Gate gate(Scenario scenario, NanoClock clock);
    }

    /** Is told at every tick how things are. */
    interface Trace {
        void at(double second, Gate gate, int inFlight);
    }

    private int inFlight;

    Simulation(Scenario scenario, Subject subject, @Nullable Trace trace) {
        this.scenario = scenario;
        this.end = (long) (scenario.seconds() * 1e9);
        this.gate = subject.gate(scenario, coarse(loop, (long) (scenario.clockGrainMillis() * 1e6)));
        this.trace = trace;
        this.result = new SimulationResult(scenario);
        this.service = new Service(loop, scenario, result::begun);
    }

    private static NanoClock coarse(NanoClock clock, long grainNanos) {
        return grainNanos == 0 ? clock : () -> clock.nanoTime() / grainNanos * grainNanos;
    }

    SimulationResult run(List<Request> requests) {
        scenario.pauses().forEach(second -> loop.at((long) (second * 1e9), () -> loop.pause(PAUSE_NANOS)));
        tick();
        // What arrived in time is answered after the end, as the oracle has it.
        loop.runUntil(end + (long) (scenario.deadlineMillis() * 1e6), requests, this::arrive);
        return result;
    }

    private void tick() {
        gate.tick();
        double second = loop.nanoTime() / 1e9;
        if (trace != null) {
            trace.at(second, gate, inFlight);
        }
        loop.after((long) (scenario.tickMillis().at(second) * 1e6), this::tick);
    }

    private void arrive(Request request) {
        if (request.arrivesAt > end) {
            return;
        }
        if (request.isFirstTry) {
            result.offered(request);
        }
        Consumer<Outcome> release = gate.tryAdmit(request.mix, request.client);
        if (release == null) {
            result.refused(request);
            retry(request, RETRY_AFTER_NANOS);
            follow(request, RETRY_AFTER_NANOS);
            return;
        }
        inFlight++;
        Answer answer = new Answer();
        if (request.retriesLeft > 0) {
            loop.at(request.arrivesAt + (long) (scenario.giveUpMillis() * 1e6), () -> {
                if (!answer.given) {
                    retry(request, 0);
                }
            });
        }
        service.submit(request, () -> {
            answer.given = true;
            answered(request, release);
        });
    }

    /** Whether a request has been answered; a client that gave up sends anew, whatever becomes of the first one. */
    private static final class Answer {
        boolean given;
    }

    private void answered(Request request, Consumer<Outcome> release) {
        inFlight--;
        release.accept(Outcome.SUCCESS);
        result.answered(request, loop.nanoTime() - request.arrivesAt);
        follow(request, 0);
    }

    /** The next request of a client that waited for this one to end. */
    private void follow(Request ended, long afterNanos) {
        Request next = Workload.next(scenario, ended, loop.nanoTime() + afterNanos);
        if (next != null) {
            loop.at(next.arrivesAt, () -> arrive(next));
        }
    }

    private void retry(Request request, long afterNanos) {
        if (request.retriesLeft > 0) {
            long at = loop.nanoTime() + afterNanos;
            Request again = request.again(at);
            loop.at(at, () -> arrive(again));
        }
    }
}
