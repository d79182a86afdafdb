package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.management.ObjectName;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * After every test of the module, and after every class of them, there is no thread and no MBean of a guard, and no
 * thread of a server, that was not there before. That nothing is in flight is asserted where services are closed.
 */
public final class NothingLeft implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    private static final Namespace NAMESPACE = Namespace.create(NothingLeft.class);
    private static final Set<String> THREADS = Set.of("portguard-", "guard-", "http-nio-", "qtp", "reactor-http-nio-");

    @Override
    public void beforeAll(ExtensionContext context) {
        remember(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        remember(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        compare(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        compare(context);
    }

    private static void remember(ExtensionContext context) {
        context.getStore(NAMESPACE).put(context.getUniqueId(), present());
    }

    private static void compare(ExtensionContext context) {
        Set<?> before = context.getStore(NAMESPACE).remove(context.getUniqueId(), Set.class);
        assertThat(before).isNotNull();
        GuardedService.await("gone: " + left(before), () -> left(before).isEmpty());
    }

    private static Set<String> left(Set<?> before) {
        Set<String> left = present();
        left.removeAll(before);
        return left;
    }

    private static Set<String> present() {
        Set<String> present = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> THREADS.stream().anyMatch(thread.getName()::startsWith))
                .map(thread -> thread.getName() + " (" + thread.getId() + ")")
                .collect(Collectors.toCollection(TreeSet::new));
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .queryNames(new ObjectName("io.portguard:*"), null)
                    .forEach(name -> present.add(name.toString()));
        } catch (Exception impossible) {
            throw new AssertionError(impossible);
        }
        return present;
    }
}
