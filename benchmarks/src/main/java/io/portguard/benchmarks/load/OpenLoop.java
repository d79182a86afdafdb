package io.portguard.benchmarks.load;

import com.sun.management.OperatingSystemMXBean;
import io.netty.util.concurrent.Promise;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * An open-loop load generator: it sends at the rates of a plan, whatever becomes of the answers.
 *
 * <p>Latency counts from the time at which a request was due, so that neither a slow server nor a late
 * generator hides the waiting of those who would have come (coordinated omission). All of it runs on one thread,
 * which {@link PhaseResult#generatorCpuPercent()} and {@link PhaseResult#sendLateP99Millis()} hold to account.
 *
 * <p>One object is one run. {@link #stop()} may be called from any thread.
 */
public final class OpenLoop {

    /*
     * Every tick sends what has become due since the last one, so requests go out in little groups of a
     * thousandth of a second's worth. A tick of its own for each request would cost a wake-up each.
     */
    private static final long TICK_NANOS = 1_000_000;
    private static final int TICKS_PER_EXPIRY = 2;

    private final LoadPlan plan;
    private final LoadListener listener;
    private final Transport transport;
    private final Promise<LoadResult> done;
    private final Arrivals arrivals;
    private final Recorder recorder;
    private final Dispatcher dispatcher;
    private final List<PhaseMark> begun = new ArrayList<>();
    private final long[] boundaries;
    private long startNanos;
    private long ticks;
    private boolean ended;

    /** When a phase began or the load ended, and how much CPU time the process had used by then. */
    private record PhaseMark(long nanos, long cpuNanos) {}

    public OpenLoop(LoadPlan plan, LoadListener listener) {
        this.plan = plan;
        this.listener = listener;
        this.transport = new Transport(plan.port());
        this.done = transport.newPromise();
        this.arrivals = new Arrivals(plan);
        this.boundaries = new long[plan.phases().size() + 1];
        for (int i = 0; i < plan.phases().size(); i++) {
            boundaries[i + 1] = boundaries[i] + plan.phases().get(i).length().toNanos();
        }
        List<Stream> streams = Stream.of(plan.groups(), plan.port());
        this.recorder = new Recorder(plan, streams, listener::slotSettled);
        this.dispatcher =
                new Dispatcher(plan, streams, arrivals, recorder, transport, this::sinceStart, done::tryFailure);
    }

    /** What connections are made with, for a report: {@code epoll}, or {@code nio} where that is all there is. */
    public static String transport() {
        return Transport.NAME;
    }

    /** Runs the plan to its end and returns when the last request has ended. */
    public LoadResult run() throws InterruptedException {
        try (transport) {
            transport.execute(this::begin, done);
            return done.sync().getNow();
        }
    }

    /** Ends the load at the end of the present slot. */
    public void stop() {
        if (!done.isDone()) {
            transport.execute(
                    () -> {
                        long slot = plan.slot().toNanos();
                        arrivals.stopAt((sinceStart() / slot + 1) * slot);
                    },
                    done);
        }
    }

    private void begin() {
        startNanos = System.nanoTime();
        transport.repeat(this::tick, TICK_NANOS, done);
    }

    private long sinceStart() {
        return System.nanoTime() - startNanos;
    }

    private void tick() {
        followPhases();
        dispatcher.sendDue();
        if (++ticks % TICKS_PER_EXPIRY == 0) {
            dispatcher.expire();
            long end = arrivals.endNanos();
            recorder.settleBefore(Math.min(arrivals.nextNanos(), Math.min(sinceStart(), end)));
            if (ended && recorder.isSettledUntil(end)) {
                finish();
            }
        }
    }

    private void followPhases() {
        long now = sinceStart();
        while (!ended) {
            long next = Math.min(boundaries[begun.size()], arrivals.endNanos());
            if (now < next) {
                return;
            }
            begun.add(new PhaseMark(next, processCpuNanos()));
            ended = next == arrivals.endNanos();
            if (ended) {
                listener.loadEnded();
            } else {
                listener.phaseBegan(plan.phases().get(begun.size() - 1));
            }
        }
    }

    private void finish() {
        dispatcher.close();
        List<PhaseResult> results = new ArrayList<>();
        for (int phase = 0; phase + 1 < begun.size(); phase++) {
            PhaseMark from = begun.get(phase);
            PhaseMark to = begun.get(phase + 1);
            long nanos = to.nanos() - from.nanos();
            double cpuPercent = 100.0 * (to.cpuNanos() - from.cpuNanos()) / nanos;
            results.add(recorder.phaseResult(phase, Duration.ofNanos(nanos), cpuPercent));
        }
        done.trySuccess(new LoadResult(results, recorder.slots()));
    }

    private static long processCpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
}
