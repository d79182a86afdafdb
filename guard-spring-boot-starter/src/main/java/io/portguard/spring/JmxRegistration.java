package io.portguard.spring;

import io.portguard.jmx.GuardMBeans;
import io.portguard.standard.StandardGuard;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps guards registered with JMX for as long as their application context lives, whatever {@code
 * spring.jmx.enabled} says.
 */
final class JmxRegistration implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(JmxRegistration.class.getName());

    private final List<GuardMBeans.Registration> registrations = new ArrayList<>();

    JmxRegistration(List<StandardGuard> guards) {
        guards.forEach(this::register);
    }

    /** In a process with several contexts, each has its guards beside those of the others. */
    private void register(StandardGuard guard) {
        try {
            GuardMBeans.Registration registration = GuardMBeans.register(guard);
            registrations.add(registration);
            if (!registration.name().equals(GuardMBeans.nameOf(guard))) {
                LOG.log(
                        Level.INFO,
                        "Another guard of this process is called {0}; over JMX, this one is {1}",
                        guard.guard().name(),
                        registration.name());
            }
        } catch (IllegalStateException impossible) {
            // No reason not to start: the guard works without.
            LOG.log(Level.WARNING, "A guard cannot be seen over JMX: {0}", impossible.getMessage());
        }
    }

    @Override
    public void close() {
        registrations.forEach(GuardMBeans.Registration::close);
        registrations.clear();
    }
}
