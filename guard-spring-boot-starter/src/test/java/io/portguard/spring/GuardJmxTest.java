package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import javax.management.Attribute;
import javax.management.InvalidAttributeValueException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GuardJmxTest {

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private ObjectName name;

    @BeforeEach
    void nameTheGuard() throws Exception {
        name = new ObjectName("io.portguard:type=Guard,name=server");
        assertThat(server.isRegistered(name)).isFalse();
    }

    @Test
    void isThereWhileTheServiceIsThoughSpringsJmxIsOff() {
        try (GuardedService service = GuardedService.start("spring.jmx.enabled=false")) {
            assertThat(service.guard().guard().name()).isEqualTo("server");
            assertThat(server.isRegistered(name)).isTrue();
        }
        assertThat(server.isRegistered(name)).isFalse();
    }

    @Test
    void isThereThoughEverythingElseIsLazy() {
        try (GuardedService service = GuardedService.start("spring.main.lazy-initialization=true")) {
            assertThat(server.isRegistered(name)).isTrue();
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
            assertThat(service.guard().status().admittedRequests()).isEqualTo(1);
        }
        assertThat(server.isRegistered(name)).isFalse();
    }

    @Test
    void tunesTheServiceAtOnce() throws Exception {
        try (GuardedService service = GuardedService.start()) {
            server.setAttribute(name, new Attribute("ClientsRate", 0.001));
            server.setAttribute(name, new Attribute("ClientsBurst", 1.0));
            assertThat(server.getAttribute(name, "ClientsRate")).isEqualTo(0.001);
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
            assertThat(service.get("/hello").statusCode()).isEqualTo(429);
            server.invoke(name, "revert", new Object[0], new String[0]);
            assertThat(server.getAttribute(name, "ClientsRate")).isNull();
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void refusesWhatIsOutOfRangeAndChangesNothing() {
        try (GuardedService service = GuardedService.start()) {
            assertThatThrownBy(() -> server.setAttribute(name, new Attribute("RequestsConcurrencyMax", -1)))
                    .isInstanceOf(InvalidAttributeValueException.class)
                    .hasMessage("requests.concurrency.max: \"-1\" (expected: a whole number from 1 to 10000000)");
            assertThatThrownBy(() -> server.invoke(name, "tune", new Object[] {"mode", "loud", 0L}, new String[] {
                        "java.lang.String", "java.lang.String", "long"
                    }))
                    .isInstanceOf(RuntimeMBeanException.class)
                    .hasStackTraceContaining("mode: \"loud\" (expected: enforce, shadow or off)");
            assertThat(service.guard().settings().all())
                    .noneMatch(service.guard().settings()::isChanged);
        }
    }

    @Test
    void tellsTwoServicesOfOneProcessApart() throws Exception {
        ObjectName ofSecond = new ObjectName(name + ",instance=2");
        try (GuardedService first = GuardedService.start()) {
            try (GuardedService second = GuardedService.start("guard.clients.rate=0.001", "guard.clients.burst=1")) {
                assertThat(second.get("/hello").statusCode()).isEqualTo(200);
                assertThat(second.get("/hello").statusCode()).isEqualTo(429);
                assertThat(server.getAttribute(name, "ClientsRate")).isNull();
                assertThat(server.getAttribute(ofSecond, "ClientsRate")).isEqualTo(0.001);
                assertThat(server.getAttribute(ofSecond, "RejectedRequests")).isEqualTo(1L);
                assertThat(first.get("/hello").statusCode()).isEqualTo(200);
                assertThat(first.guard().status().rejectedRequests()).isZero();
            }
            assertThat(server.isRegistered(ofSecond)).isFalse();
            assertThat(server.isRegistered(name)).isTrue();
            assertThat(first.get("/hello").statusCode()).isEqualTo(200);
        }
        assertThat(server.isRegistered(name)).isFalse();
    }

    @Test
    void isTheSameAfterEveryRestart() {
        for (int restart = 0; restart < 3; restart++) {
            try (GuardedService service = GuardedService.start()) {
                assertThat(server.isRegistered(name)).isTrue();
                assertThat(service.get("/hello").statusCode()).isEqualTo(200);
            }
            assertThat(server.isRegistered(name)).isFalse();
        }
    }

    @Test
    void isGoneWhenTheStartFails() {
        try (GuardedService running = GuardedService.start("guard.enabled=false")) {
            assertThat(server.isRegistered(name)).isFalse();
            assertThatThrownBy(() -> GuardedService.start("server.port=" + running.port()))
                    .hasStackTraceContaining("already in use");
        }
        assertThat(server.isRegistered(name)).isFalse();
    }
}
