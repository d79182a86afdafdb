package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.util.Set;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A service that is restarted within its JVM, with its own classes loaded anew each time, as developer tools do it.
 * {@link NothingLeft} holds besides that no thread stays.
 */
class RestartTest {

    @Test
    void leavesNothingOfTheContextBefore() throws Exception {
        Set<ObjectName> before = guards();
        Class<?> previous = TestApplication.class;
        for (int i = 0; i < 3; i++) {
            ClassLoader restarted = new OwnClassesAnew(TestApplication.class.getClassLoader());
            Class<?> service = restarted.loadClass(TestApplication.class.getName());
            assertThat(service).isNotSameAs(previous);
            previous = service;
            Thread thread = Thread.currentThread();
            ClassLoader usual = thread.getContextClassLoader();
            thread.setContextClassLoader(restarted);
            try (ConfigurableApplicationContext context = start(service)) {
                assertThat(context.getClassLoader()).isSameAs(restarted);
                assertThat(guards()).hasSize(before.size() + 1);
                String port = context.getEnvironment().getRequiredProperty("local.server.port");
                try (RawConnection client = new RawConnection(Integer.parseInt(port))) {
                    assertThat(client.request("GET", "/hello").response()).startsWith("HTTP/1.1 200");
                }
            } finally {
                thread.setContextClassLoader(usual);
            }
            assertThat(guards()).isEqualTo(before);
        }
    }

    private static ConfigurableApplicationContext start(Class<?> service) {
        SpringApplication application = new SpringApplicationBuilder(service)
                .bannerMode(Banner.Mode.OFF)
                .build();
        return application.run(GuardedService.arguments());
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
            if (!name.startsWith(TestApplication.class.getName())) {
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
