package io.portguard.benchmarks.server;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.IpAddress;
import io.portguard.Priority;
import io.portguard.standard.StandardGuard;
import java.util.Map;

/** Guards of servers that are measured. */
final class Guards {

    private static final IpAddress SOMEBODY = IpAddress.parse("192.0.2.1").orElseThrow();

    private Guards() {}

    static StandardGuard with(Map<String, String> settings) {
        return StandardGuard.builder("server").configure(settings).build();
    }

    /** A guard whose one connection is taken for good. */
    static StandardGuard withoutConnections() {
        StandardGuard guard = with(Map.of("connections.max", "1"));
        guard.guard().tryAdmit(Attempt.connection(guard.guard().client(ClientKey.of(SOMEBODY)), SOMEBODY));
        return guard;
    }

    /** A guard whose one place for a request is taken for good. */
    static StandardGuard full() {
        StandardGuard guard = with(Map.of(
                "requests.concurrency.algorithm", "fixed",
                "requests.concurrency.max", "1"));
        guard.guard()
                .tryAdmit(Attempt.request(guard.guard().client(ClientKey.of(SOMEBODY)), SOMEBODY, Priority.NORMAL));
        return guard;
    }
}
