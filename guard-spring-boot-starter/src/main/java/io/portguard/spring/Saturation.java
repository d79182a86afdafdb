package io.portguard.spring;

import io.portguard.Attempt;
import io.portguard.DecisionCounts;
import io.portguard.NanoClock;
import io.portguard.Reason;
import io.portguard.settings.InvalidSettingException;
import io.portguard.settings.SettingType;
import io.portguard.standard.StandardGuard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * For how long a port has been refusing for its own sake, because it is full or overloaded, without a pause of a
 * second. What a client is refused for its own doing does not count, nor does what shadow mode only would refuse.
 * Sampled by the guard's housekeeper, read by any thread.
 */
final class Saturation implements Consumer<StandardGuard> {

    private static final SettingType<Duration> LIMIT = SettingType.duration(Duration.ofSeconds(1), Duration.ofDays(1));

    /** What a time to be saturated for has to be. */
    static final String EXPECTED = LIMIT.expected() + ", or unset";

    static final Duration NEVER = Duration.ofNanos(Long.MAX_VALUE);

    private static final List<Reason> REQUESTS = List.of(Reason.CONCURRENCY, Reason.OVERLOAD, Reason.FAIR_SHARE);
    private static final List<Reason> CONNECTIONS = List.of(Reason.CONNECTIONS, Reason.OVERLOAD);
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile State state = new State(false, Duration.ZERO);
    private boolean begun;
    private long refusals;
    private long lastRefusalNanos;
    private long sinceNanos;

    /**
     * How it is, and since when.
     *
     * @param saturated whether the port is saturated
     * @param lasting for how long it has been so, or has not
     */
    record State(boolean saturated, Duration lasting) {

        boolean saturatedFor(Duration time) {
            return saturated && lasting.compareTo(time) >= 0;
        }

        boolean calmFor(Duration time) {
            return !saturated && lasting.compareTo(time) >= 0;
        }
    }

    /**
     * The configured time, checked; {@link #NEVER} where none is.
     *
     * @throws InvalidGuardPropertyException when it is out of range
     */
    static Duration limit(String name, @Nullable Duration configured) {
        if (configured == null) {
            return NEVER;
        }
        String text = LIMIT.format().apply(configured);
        if (LIMIT.parse().apply(text).isEmpty()) {
            throw new InvalidGuardPropertyException(
                    KnownProperties.PREFIX, new InvalidSettingException(name, text, EXPECTED));
        }
        return configured;
    }

    State state() {
        return state;
    }

    /** Runs this after every sample, on the housekeeper's thread; it must not block. */
    void onSample(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void accept(StandardGuard guard) {
        NanoClock clock = guard.guard().clock();
        long now = clock.nanoTime();
        long total = count(guard.guard().counts(Attempt.Kind.REQUEST), REQUESTS)
                + count(guard.guard().counts(Attempt.Kind.CONNECTION), CONNECTIONS);
        boolean saturated = state.saturated();
        if (!begun) {
            begun = true;
            sinceNanos = now;
        } else if (total != refusals) {
            lastRefusalNanos = now;
            if (!saturated) {
                saturated = true;
                sinceNanos = now;
            }
        } else if (saturated && now - lastRefusalNanos > PAUSE_NANOS) {
            saturated = false;
            sinceNanos = now;
        }
        refusals = total;
        state = new State(saturated, Duration.ofNanos(now - sinceNanos));
        listeners.forEach(Runnable::run);
    }

    private static long count(DecisionCounts counts, List<Reason> reasons) {
        long sum = 0;
        for (Reason reason : reasons) {
            sum += counts.rejected(reason);
        }
        return sum;
    }
}
