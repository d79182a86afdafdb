package io.portguard.jmx;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.Principal;
import javax.management.remote.JMXPrincipal;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;

/**
 * Who calls over JMX: the user that a remote connector has authenticated, and {@code jmx} where there is none, as in the
 * process itself or through a connector without authentication. Stateless.
 */
final class JmxUser {

    private static final String UNKNOWN = "jmx";
    private static final System.Logger LOGGER = System.getLogger(JmxUser.class.getName());

    /** {@code Subject.current()} of Java 18 and later; before, the subject belongs to the access control context. */
    private static final @Nullable MethodHandle CURRENT = current();

    private JmxUser() {}

    private static @Nullable MethodHandle current() {
        try {
            return MethodHandles.publicLookup()
                    .findStatic(Subject.class, "current", MethodType.methodType(Subject.class));
        } catch (NoSuchMethodException | IllegalAccessException before18) {
            return null;
        }
    }

    static String name() {
        try {
            Subject subject = subject();
            return subject == null ? UNKNOWN : nameIn(subject);
        } catch (Throwable unknown) {
            LOGGER.log(System.Logger.Level.DEBUG, "Who calls over JMX cannot be told", unknown);
            return UNKNOWN;
        }
    }

    private static String nameIn(Subject subject) {
        for (Principal principal : subject.getPrincipals(JMXPrincipal.class)) {
            return principal.getName();
        }
        for (Principal principal : subject.getPrincipals()) {
            return principal.getName();
        }
        return UNKNOWN;
    }

    @SuppressWarnings("removal") // until Java 18 there is no other way
    private static @Nullable Subject subject() throws Throwable {
        MethodHandle current = CURRENT;
        return current != null
                ? (Subject) current.invokeExact()
                : Subject.getSubject(java.security.AccessController.getContext());
    }
}
