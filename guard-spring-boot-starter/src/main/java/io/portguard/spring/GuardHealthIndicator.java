package io.portguard.spring;

import io.portguard.GuardSnapshot;
import io.portguard.standard.StandardGuard;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * The health contributor {@code guard}: shows how the guarded ports are. It is up whatever the load, unless the
 * service asked to be taken out of service once its main port has been saturated for a time. Thread-safe.
 */
final class GuardHealthIndicator extends AbstractHealthIndicator {

    private final List<StandardGuard> guards;
    private final Saturation saturation;
    private final Duration limit;

    /** @param limit the time after which a saturated service is out of service */
    GuardHealthIndicator(List<StandardGuard> guards, Saturation saturation, Duration limit) {
        super("The guard cannot be asked.");
        this.guards = List.copyOf(guards);
        this.saturation = saturation;
        this.limit = limit;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Saturation.State state = saturation.state();
        if (state.saturatedFor(limit)) {
            builder.outOfService();
        } else {
            builder.up();
        }
        if (state.saturated()) {
            builder.withDetail("saturatedForSeconds", state.lasting().toSeconds());
        }
        guards.forEach(guard -> builder.withDetail(guard.guard().name(), details(guard.status())));
    }

    private static Map<String, Object> details(GuardSnapshot now) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("mode", now.mode().text());
        details.put("activeRequests", now.activeRequests());
        details.put("requestLimit", now.requestLimit());
        details.put("activeConnections", now.activeConnections());
        details.put("connectionLimit", now.connectionLimit());
        details.put("sheddingLevel", now.sheddingLevel());
        return details;
    }
}
