package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A service that is restarted within its JVM, with its own classes loaded anew each time, as developer tools do it: once its
 * context is closed, nothing of the guard holds its class loader. {@link NothingLeft} holds besides that no thread stays.
 */
class RestartTest {

    /*
     * What others hold of the first context of a JVM and of the present one is given to contexts of the usual class loader
     * before and afterwards: Spring Boot's shutdown hook and Jetty's are threads with the context class loader of whoever
     * came first, so are the threads of Reactor's schedulers, and Logback knows the last environment. Spring's caches refer to
     * classes softly.
     */

    static Stream<Arguments> services() {
        return Stream.of(
                Arguments.of(TestApplication.class, WebApplicationType.SERVLET, GuardedService.ON_TOMCAT),
                Arguments.of(TestApplication.class, WebApplicationType.SERVLET, GuardedService.ON_JETTY),
                Arguments.of(
                        ReactiveTestApplication.class, WebApplicationType.REACTIVE, GuardedService.ON_REACTOR_NETTY));
    }

    @ParameterizedTest
    @MethodSource("services")
    void leavesNothingOfTheContextBefore(Class<?> service, WebApplicationType type, String server) throws Exception {
        Set<ObjectName> before = guards();
        startSchedulers();
        serve(service, type, server);
        WeakReference<ClassLoader> dropped = serveAnew(service.getName(), type, server);
        serve(service, type, server);
        assertThat(guards()).isEqualTo(before);
        clearSoftReferences();
        GuardedService.await("the class loader is collected", () -> {
            System.gc();
            return dropped.refersTo(null);
        });
    }

    /** Which start a thread each as it is needed, later in tests than here. */
    private static void startSchedulers() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(Schedulers.DEFAULT_POOL_SIZE);
        for (int i = 0; i < Schedulers.DEFAULT_POOL_SIZE; i++) {
            Scheduler.Worker worker = Schedulers.parallel().createWorker();
            worker.schedule(started::countDown);
        }
        assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
        Schedulers.boundedElastic().createWorker().dispose();
    }

    /** In a frame of its own, so that no local variable of the test holds what must be collected. */
    private static WeakReference<ClassLoader> serveAnew(String name, WebApplicationType type, String server)
            throws Exception {
        ClassLoader restarted = new OwnClassesAnew(TestApplication.class.getClassLoader());
        Class<?> service = restarted.loadClass(name);
        assertThat(service.getClassLoader()).isSameAs(restarted);
        Thread thread = Thread.currentThread();
        ClassLoader usual = thread.getContextClassLoader();
        thread.setContextClassLoader(restarted);
        try {
            serve(service, type, server);
        } finally {
            thread.setContextClassLoader(usual);
        }
        return new WeakReference<>(restarted);
    }

    private static void serve(Class<?> service, WebApplicationType type, String server) throws Exception {
        Set<ObjectName> before = guards();
        SpringApplication application = new SpringApplicationBuilder(service)
                .web(type)
                .bannerMode(Banner.Mode.OFF)
                .build();
        try (ConfigurableApplicationContext context = application.run(GuardedService.arguments(server))) {
            assertThat(context.getClassLoader()).isSameAs(Thread.currentThread().getContextClassLoader());
            assertThat(guards()).hasSize(before.size() + 1);
            String port = context.getEnvironment().getRequiredProperty("local.server.port");
            try (RawConnection client = new RawConnection(Integer.parseInt(port))) {
                assertThat(client.request("GET", "/hello").response()).startsWith("HTTP/1.1 200");
            }
        }
    }

    /** All of them are cleared before a JVM says that it has not as much memory as is asked for: here, more than there is. */
    private static void clearSoftReferences() {
        long words = Runtime.getRuntime().maxMemory() / Long.BYTES + 1;
        Assumptions.assumeTrue(words < Integer.MAX_VALUE - 8, "an array may be larger than the heap");
        assertThatThrownBy(() -> assertThat(new long[(int) words]).isNotNull()).isInstanceOf(OutOfMemoryError.class);
    }

    private static Set<ObjectName> guards() throws Exception {
        return ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("io.portguard:*"), null);
    }

    /** Loads the classes of the service by itself and all others as ever. */
    private static final class OwnClassesAnew extends ClassLoader {

        OwnClassesAnew(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(TestApplication.class.getName())
                    && !name.startsWith(ReactiveTestApplication.class.getName())) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> own = findLoadedClass(name);
                return own == null ? define(name) : own;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream bytes = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (bytes == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] code = bytes.readAllBytes();
                return defineClass(name, code, 0, code.length);
            } catch (IOException unreadable) {
                throw new ClassNotFoundException(name, unreadable);
            }
        }
    }
}
