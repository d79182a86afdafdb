package io.portguard.jmx;

import io.portguard.standard.StandardGuard;
import java.lang.management.ManagementFactory;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Registers guards with JMX. */
public final class GuardMBeans {

    private GuardMBeans() {}

    /** The name that a guard is registered under, {@code io.portguard:type=Guard,name=NAME}. */
    public static ObjectName nameOf(StandardGuard guard) {
        String name = guard.guard().name();
        String value = name.matches("[\\w.-]+") ? name : ObjectName.quote(name);
        try {
            return new ObjectName("io.portguard:type=Guard,name=" + value);
        } catch (JMException impossible) {
            throw new IllegalArgumentException("name: " + name + " (expected: a name that JMX accepts)", impossible);
        }
    }

    /**
     * Registers a guard with the platform's MBean server.
     *
     * @return closes by taking the registration back
     * @throws IllegalStateException when another guard of that name is registered
     */
    public static Registration register(StandardGuard guard) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = nameOf(guard);
        try {
            server.registerMBean(new GuardBean(guard), name);
        } catch (InstanceAlreadyExistsException taken) {
            throw new IllegalStateException(name + " is registered already (expected: one guard of a name)", taken);
        } catch (JMException impossible) {
            throw new IllegalStateException("Cannot register " + name, impossible);
        }
        return () -> unregister(server, name);
    }

    private static void unregister(MBeanServer server, ObjectName name) {
        try {
            server.unregisterMBean(name);
        } catch (InstanceNotFoundException gone) {
            // Somebody else took it away; that is what was wanted.
        } catch (JMException unexpected) {
            throw new IllegalStateException("Cannot unregister " + name, unexpected);
        }
    }

    /** A registration that can be taken back. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {

        @Override
        void close();
    }
}
