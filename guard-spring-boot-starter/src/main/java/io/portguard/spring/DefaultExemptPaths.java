package io.portguard.spring;

import io.portguard.http.PathPattern;
import java.lang.System.Logger.Level;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/*
 * Read from the properties and not from the Actuator's beans: the guard is made before the web server, and the
 * endpoints want a good deal of the service to be there before they can tell their paths.
 */

/**
 * What is never refused unless configured otherwise: a service's health probes on its main port, as requests name
 * them, and the guard's own endpoint, since limits must be tunable just when requests are being refused.
 */
final class DefaultExemptPaths {

    private static final System.Logger LOG = System.getLogger(DefaultExemptPaths.class.getName());
    private static final String ENDPOINTS = "management.endpoints.web.";
    private static final String GROUPS = "management.endpoint.health.group";
    private static final String ANY_FREE_PORT = "0";
    private static final String MAIN_PORT = GuardAutoConfiguration.MAIN_PORT + ":";

    record HealthGroup(@Nullable String additionalPath) {}

    private DefaultExemptPaths() {}

    /** The paths in the text form of {@code requests.exempt}. */
    static String of(Environment environment) {
        String servlet = clean(environment.getProperty("server.servlet.context-path", ""))
                + clean(environment.getProperty("spring.mvc.servlet.path", ""));
        Set<String> paths = new LinkedHashSet<>();
        if (actuatorIsOnMainPort(environment)) {
            paths.add(endpoint(environment, servlet, "health"));
            paths.add(endpoint(environment, servlet, "guard"));
        }
        paths.add(servlet + "/livez");
        paths.add(servlet + "/readyz");
        Binder.get(environment)
                .bind(GROUPS, Bindable.mapOf(String.class, HealthGroup.class))
                .orElse(Map.of())
                .values()
                .forEach(group -> addAdditionalPath(paths, servlet, group));
        paths.removeIf(DefaultExemptPaths::cannotBeExempt);
        return String.join(", ", paths);
    }

    private static String endpoint(Environment environment, String servlet, String id) {
        return servlet
                + clean(environment.getProperty(ENDPOINTS + "base-path", "/actuator"))
                + clean(environment.getProperty(ENDPOINTS + "path-mapping." + id, id))
                + "/**";
    }

    /** No reason not to start: nobody has configured it to be exempt. */
    private static boolean cannotBeExempt(String path) {
        boolean cannot = path.indexOf(',') >= 0 || PathPattern.parse(path).isEmpty();
        if (cannot) {
            LOG.log(Level.WARNING, "The health probes at {0} are not exempt: the guard cannot tell such a path.", path);
        }
        return cannot;
    }

    private static void addAdditionalPath(Set<String> paths, String servlet, HealthGroup group) {
        String path = group.additionalPath();
        if (path != null && path.startsWith(MAIN_PORT)) {
            paths.add(servlet + clean(path.substring(MAIN_PORT.length())));
        }
    }

    private static boolean actuatorIsOnMainPort(Environment environment) {
        String management = environment.getProperty("management.server.port", "");
        boolean same = management.equals(environment.getProperty("server.port", "8080"));
        return management.isBlank() || (same && !management.equals(ANY_FREE_PORT));
    }

    /** With a slash before it and none behind; empty for the root. */
    private static String clean(String path) {
        String trimmed = path.trim();
        while (trimmed.endsWith("/")) {
            trimmed = trimmed.substring(0, trimmed.length() - 1);
        }
        return trimmed.isEmpty() || trimmed.startsWith("/") ? trimmed : "/" + trimmed;
    }
}
