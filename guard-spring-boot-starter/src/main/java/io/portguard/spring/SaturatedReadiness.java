package io.portguard.spring;

import java.time.Duration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * Says that the service refuses traffic while its port is saturated, and that it accepts traffic again when it has
 * not been for as long. A state that somebody else has declared meanwhile is left as it is. Confined to the guard's
 * housekeeper, but for the events: whoever listens to them may block, and has a thread of its own to do so.
 */
final class SaturatedReadiness implements Runnable {

    private final Saturation saturation;
    private final Duration limit;
    private final ApplicationAvailability availability;
    private final ApplicationEventPublisher publisher;
    private final SimpleAsyncTaskExecutor events = new SimpleAsyncTaskExecutor("guard-readiness-");
    private boolean refusing;

    SaturatedReadiness(
            Saturation saturation,
            Duration limit,
            ApplicationAvailability availability,
            ApplicationEventPublisher publisher) {
        this.saturation = saturation;
        this.limit = limit;
        this.availability = availability;
        this.publisher = publisher;
        events.setDaemon(true);
        events.setConcurrencyLimit(1);
    }

    @Override
    public void run() {
        Saturation.State state = saturation.state();
        if (!refusing && state.saturatedFor(limit)) {
            refusing = true;
            events.execute(this::refuse);
        } else if (refusing && state.calmFor(limit)) {
            refusing = false;
            events.execute(this::accept);
        }
    }

    private void refuse() {
        if (availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC) {
            AvailabilityChangeEvent.publish(publisher, this, ReadinessState.REFUSING_TRAFFIC);
        }
    }

    private void accept() {
        AvailabilityChangeEvent<ReadinessState> last = availability.getLastChangeEvent(ReadinessState.class);
        if (last != null && last.getSource() == this) {
            AvailabilityChangeEvent.publish(publisher, this, ReadinessState.ACCEPTING_TRAFFIC);
        }
    }
}
