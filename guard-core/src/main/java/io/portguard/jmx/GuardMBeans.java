package io.portguard.jmx;

import io.portguard.standard.StandardGuard;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicBoolean;
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
        return nameOf(guard, 1);
    }

    private static ObjectName nameOf(StandardGuard guard, int instance) {
        String name = guard.guard().name();
        String value = name.matches("[\\w.-]+") ? name : ObjectName.quote(name);
        try {
            return new ObjectName(
                    "io.portguard:type=Guard,name=" + value + (instance == 1 ? "" : ",instance=" + instance));
        } catch (JMException impossible) {
            throw new IllegalArgumentException("name: " + name + " (expected: a name that JMX accepts)", impossible);
        }
    }

    /**
     * Registers a guard with the platform's MBean server. Where another of its name is registered already, as when a
     * process has several application contexts, it gets {@code instance=2}, or the first number that is free, beside
     * its name, and keeps that for as long as it is registered.
     *
     * @return closes by taking the registration back
     */
    public static Registration register(StandardGuard guard) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        GuardBean bean = new GuardBean(guard);
        for (int instance = 1; ; instance++) {
            ObjectName name = nameOf(guard, instance);
            try {
                server.registerMBean(bean, name);
                return new Registration(server, name);
            } catch (InstanceAlreadyExistsException taken) {
                // The next number, then.
            } catch (JMException impossible) {
                throw new IllegalStateException("Cannot register " + name, impossible);
            }
        }
    }

    /** A registration that can be taken back, once. Thread-safe. */
    public static final class Registration implements AutoCloseable {

        private final MBeanServer server;
        private final ObjectName name;
        private final AtomicBoolean closed = new AtomicBoolean();

        private Registration(MBeanServer server, ObjectName name) {
            this.server = server;
            this.name = name;
        }

        public ObjectName name() {
            return name;
        }

        @Override
        public void close() {
            if (closed.getAndSet(true)) {
                return; // By now another guard may have the name.
            }
            try {
                server.unregisterMBean(name);
            } catch (InstanceNotFoundException gone) {
                // Somebody else took it away; that is what was wanted.
            } catch (JMException unexpected) {
                throw new IllegalStateException("Cannot unregister " + name, unexpected);
            }
        }
    }
}
