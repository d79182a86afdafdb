package io.portguard.benchmarks.overload;

import io.portguard.standard.StandardGuard;
import java.util.Map;

/** The guard as it comes, told only what matters most to the service. */
final class Guards {

    private Guards() {}

    static StandardGuard guard() {
        return StandardGuard.builder("server")
                .configure(Map.of("requests.priorities", Scenario.CRITICAL_PATH + "=critical"))
                .build();
    }
}
