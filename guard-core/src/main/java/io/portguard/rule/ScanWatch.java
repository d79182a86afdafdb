package io.portguard.rule;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.portguard.ClientKey;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Recognises clients that try one guarded port after the other: {@value #PORTS} of them within a minute, without a request
 * on any. The guards of a process may share one, so that it sees all their ports. Thread-safe; of at most ten thousand
 * clients something is remembered, for the minute.
 */
public final class ScanWatch {

    /**
     * So many ports make a scan. A browser opens connections in advance to one or two and a load balancer that tries
     * whether ports are open tries those of one service; neither comes to three.
     */
    public static final int PORTS = 3;

    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int MAX_CLIENTS = 10_000;

    private final Cache<ClientKey, Map<Object, Long>> touches = Caffeine.newBuilder()
            .maximumSize(MAX_CLIENTS)
            .executor(Runnable::run)
            .build();

    /**
     * A client connected to a port and left without a request.
     *
     * @param port whatever stands for the port
     * @return whether that makes a scan; it is told once and begins anew then
     */
    public boolean touched(ClientKey client, Object port, long nowNanos) {
        boolean[] scan = new boolean[1];
        touches.asMap().compute(client, (key, before) -> {
            Map<Object, Long> now = recent(before, nowNanos);
            now.put(port, nowNanos);
            scan[0] = now.size() >= PORTS;
            return scan[0] ? null : now;
        });
        return scan[0];
    }

    private static Map<Object, Long> recent(@Nullable Map<Object, Long> before, long nowNanos) {
        Map<Object, Long> recent = before == null ? new HashMap<>() : new HashMap<>(before);
        recent.values().removeIf(at -> nowNanos - at > WINDOW_NANOS);
        return recent;
    }
}
