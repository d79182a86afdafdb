package io.portguard.pressure;

import io.portguard.NanoClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;

/**
 * Whether names that the service depends on can still be resolved: 0 when each was at once, 1 when one cannot be or
 * takes two seconds. Asked for on a thread of its own, as the system's resolver may hang for as long as it likes.
 * Sampled by one thread.
 */
public final class NameResolution implements PressureSource {

    private static final double SLOW_NANOS = Duration.ofSeconds(2).toNanos();

    private final List<String> names;
    private final NanoClock clock;
    private final Resolver resolver;

    /** Finds the addresses of a name. */
    @FunctionalInterface
    interface Resolver {

        InetAddress[] resolve(String name) throws IOException;
    }

    /** Watches these names by the system's resolver. */
    public NameResolution(List<String> names, NanoClock clock) {
        this(names, clock, InetAddress::getAllByName);
    }

    NameResolution(List<String> names, NanoClock clock, Resolver resolver) {
        this.names = List.copyOf(names);
        this.clock = clock;
        this.resolver = resolver;
    }

    @Override
    public String name() {
        return "name-resolution";
    }

    /** The virtual machine keeps what it has resolved for 30 seconds; earlier it would not ask anybody. */
    @Override
    public Duration interval() {
        return Duration.ofSeconds(31);
    }

    @Override
    public Pace pace() {
        return Pace.MAY_HANG;
    }

    @Override
    public double sample(long nowNanos) throws IOException {
        double worst = 0;
        for (String name : names) {
            long began = clock.nanoTime();
            try {
                resolver.resolve(name);
                worst = Math.max(worst, (clock.nanoTime() - began) / SLOW_NANOS);
            } catch (UnknownHostException unresolved) {
                return 1;
            }
        }
        return Math.min(worst, 1);
    }
}
