package io.portguard.benchmarks.sim;

import io.portguard.Outcome;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One run of a scenario with one gate. */
final class Simulation {

    static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long RETRY_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Scenario scenario;
    private final EventLoop loop = new EventLoop();
    private final Service service;
    private final Gate gate;
    private final SimulationResult result;
    private final @Nullable Trace trace;

    /** Is told at every tick how things are. */
    interface Trace {
        void at(double second, int limit, int inFlight);
    }

    private int inFlight;

    Simulation(Scenario scenario, Function<EventLoop, Gate> gate, @Nullable Trace trace) {
        this.scenario = scenario;

        this.gate = gate.apply(loop);
        this.trace = trace;
        this.result = new SimulationResult(scenario);
        this.service = new Service(loop, scenario, result::begun);
    }

    SimulationResult run(List<Request> requests) {
        requests.forEach(request -> loop.at(request.arrivesAt, () -> arrive(request)));
        scenario.pauses().forEach(second -> loop.at((long) (second * 1e9), () -> loop.pause(PAUSE_NANOS)));
        tick();
        long end = (long) (scenario.seconds() * 1e9);
        loop.runUntil(end);
        return result;
    }

    private void tick() {
        gate.tick();
        if (trace != null) {
            trace.at(loop.nanoTime() / 1e9, gate.limit(), inFlight);
        }
        loop.after(TICK_NANOS, this::tick);
    }

    private void arrive(Request request) {
        if (request.retriesLeft == scenario.mixes().get(request.mix).retries()) {
            result.offered(request);
        }
        Consumer<Outcome> release = gate.tryAdmit(request.mix, request.client);
        if (release == null) {
            result.refused(request);
            retry(request, RETRY_AFTER_NANOS);
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
    }

    private void retry(Request request, long afterNanos) {
        if (request.retriesLeft > 0) {
            long at = loop.nanoTime() + afterNanos;
            Request again = request.again(at);
            loop.at(at, () -> arrive(again));
        }
    }
}
