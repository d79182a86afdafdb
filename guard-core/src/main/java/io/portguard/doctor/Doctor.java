package io.portguard.doctor;

import io.portguard.proc.Proc;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Looks at a port the way an operator would, twice, and says what is wrong. Thread-safe. Linux only.
 *
 * <p>It reads {@code /proc} and nothing else, changes nothing, and sends nothing.
 */
public final class Doctor {

    /** How long apart the two looks of a diagnosis are. */
    public static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private static final List<Check> CHECKS = List.of(
            new ListenerCheck(),
            new BacklogCheck(),
            new ConnectionCheck(),
            new DescriptorCheck(),
            new PortRangeCheck(),
            new KernelCheck(),
            new MemoryCheck());

    private final Proc proc;
    private final Observer observer;

    /**
     * A doctor who looks at some {@code /proc}.
     *
     * @param pause what to do between the two looks: to wait, that is
     * @param capacities what tells how many connections accept queues hold, by port
     */
    Doctor(Proc proc, Runnable pause, Supplier<Map<Integer, Integer>> capacities) {
        this.proc = proc;
        this.observer = new Observer(proc, pause, capacities);
    }

    /**
     * A doctor for this system.
     *
     * @param between the two looks; what grows is only seen to grow when it does in this time. Zero where nobody can wait
     */
    public static Doctor ofThisSystem(Duration between) {
        return new Doctor(Proc.ofThisSystem(), () -> sleep(between), Map::of);
    }

    /** A doctor for this system who asks {@code ss} for what {@code /proc} does not tell, where there is one. */
    static Doctor forOperators() {
        return new Doctor(Proc.ofThisSystem(), () -> sleep(BETWEEN_LOOKS), SocketStatistics::capacities);
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException early) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Examines ports, a process, or all there is.
     *
     * @throws CannotLookException when what was asked for cannot be looked at at all
     */
    public Diagnosis diagnose(Subject subject) throws CannotLookException {
        Evidence evidence = observer.observe(subject);
        List<Finding> findings = new ArrayList<>();
        CHECKS.forEach(check -> check.examine(evidence, findings::add));
        return new Diagnosis(evidence, findings);
    }

    /**
     * Who listens on a port, for a sentence: address and process of each socket. Empty when nobody does.
     *
     * @throws CannotLookException when that cannot be looked at
     */
    public List<String> holdersOf(int port) throws CannotLookException {
        try {
            List<Listener> listeners = Sockets.listeners(proc).stream()
                    .filter(listener -> listener.port() == port)
                    .toList();
            Holders holders =
                    Holders.of(proc, listeners.stream().map(Listener::inode).collect(Collectors.toSet()));
            return listeners.stream().map(holders::describe).toList();
        } catch (IOException unreadable) {
            throw new CannotLookException("Cannot read " + unreadable.getMessage() + ".", unreadable);
        }
    }
}
