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

    /** A name that another context of this JVM has taken is no reason not to start: the guard works without. */
    private void register(StandardGuard guard) {
        try {
            registrations.add(GuardMBeans.register(guard));
        } catch (IllegalStateException taken) {
            LOG.log(Level.WARNING, "A guard cannot be seen over JMX: {0}", taken.getMessage());
        }
    }

    @Override
    public void close() {
        registrations.forEach(GuardMBeans.Registration::close);
        registrations.clear();
    }
}
