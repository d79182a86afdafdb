package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Mode;
import io.portguard.Reason;
import io.portguard.standard.StandardGuard;
import io.portguard.standard.StandardSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.stream.Stream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A management port of its own has a guard of its own, which looks at connections alone. */
class GuardManagementPortTest {

    private static final String STRANGER = "127.0.0.9";

    enum Server {
        TOMCAT,
        JETTY,
        REACTOR_NETTY;

        GuardedService start(String... properties) {
            String[] all = Stream.concat(
                            Stream.of("management.server.port=0", "management.server.address=127.0.0.1"),
                            Stream.of(properties))
                    .toArray(String[]::new);
            return switch (this) {
                case TOMCAT -> GuardedService.start(all);
                case JETTY -> GuardedService.startOnJetty(all);
                case REACTOR_NETTY -> GuardedService.startReactive(all);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void isNotBoundByTheLimitsOfTheMainPort(Server server) {
        try (GuardedService service = server.start("guard.clients.rate=0.001", "guard.clients.burst=1")) {
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
            GuardedServiceTest.assertRefused(service.get("/hello"), 429, "client-rate");
            for (int i = 0; i < 3; i++) {
                assertThat(management(service, "/actuator/guard").statusCode()).isEqualTo(200);
            }
            assertThat(service.guard().guard().name()).isEqualTo("server");
            assertThat(service.guard().guard().counts(Attempt.Kind.CONNECTION).admitted())
                    .isLessThanOrEqualTo(2);
            assertThat(guard(service).guard().counts(Attempt.Kind.CONNECTION).admitted())
                    .isPositive();
            assertThat(guard(service).guard().counts(Attempt.Kind.REQUEST).admitted())
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void isCappedByConnections(Server server) throws Exception {
        try (GuardedService service = server.start("guard.management.connections.max-per-client=1");
                RawConnection first = new RawConnection(service.managementPort())) {
            assertThat(first.request("GET", "/actuator/health").header()).startsWith("HTTP/1.1 200");
            try (RawConnection second = new RawConnection(service.managementPort())) {
                assertThat(second.isClosedWithoutAWord()).isTrue();
            }
            assertThat(guard(service).guard().counts(Attempt.Kind.CONNECTION).rejected(Reason.CLIENT_CONNECTIONS))
                    .isEqualTo(1);
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void isNeverShedAndHasACapOfItsOwn() {
        try (GuardedService service = Server.TOMCAT.start()) {
            assertThat(guard(service).settings().values().get(StandardSettings.SHEDDING_ENABLED))
                    .isFalse();
            assertThat(guard(service).status().connectionLimit()).isEqualTo(1000);
            assertThat(guard(service).settings().all()).noneMatch(guard(service).settings()::isChanged);
            GuardedService.await(
                    "its own accept queue", () -> guard(service).status().backlogCapacity() > 0);
        }
    }

    @Test
    void isSeenAndTunedUnderItsName() throws Exception {
        MBeanServer jmx = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("io.portguard:type=Guard,name=management");
        try (GuardedService service = Server.TOMCAT.start("guard.management.mode=shadow")) {
            assertThat(management(service, "/actuator/guard/management").body()).contains("\"mode\":\"shadow\"");
            assertThat(jmx.invoke(name, "exportYaml", new Object[0], new String[0]))
                    .isEqualTo("guard:\n  management:\n    mode: shadow\n");
            jmx.invoke(name, "tune", new Object[] {"mode", "off", 0L}, new String[] {
                String.class.getName(), String.class.getName(), "long"
            });
            assertThat(guard(service).guard().mode()).isEqualTo(Mode.OFF);
            assertThat(service.guard().guard().mode()).isEqualTo(Mode.ENFORCE);
        }
        assertThat(jmx.isRegistered(name)).isFalse();
    }

    /** Two guarded ports and a decoy are three ports, whichever guard sees which. */
    @ParameterizedTest
    @EnumSource
    void scansAcrossBothPortsAreRecognised(Server server) throws Exception {
        int decoy = freePort();
        try (GuardedService service = server.start("guard.scans.decoy-ports=" + decoy)) {
            touch(service.port());
            touch(service.managementPort());
            GuardedService.await(
                    "the decoy is open", () -> service.guard().declaredPorts().contains(decoy));
            touch(decoy);
            GuardedService.await(
                    "both guards have recognised it",
                    () -> service.guard().scanners().contains(STRANGER + " (3 ports)")
                            && guard(service).scanners().contains(STRANGER + " (3 ports)"));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    /** Connects from an address that has asked for nothing yet, and leaves. */
    private static void touch(int port) throws IOException {
        new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(STRANGER), 0).close();
    }

    @ParameterizedTest
    @EnumSource
    void isLeftAloneWhenThatIsWanted(Server server) {
        try (GuardedService service = server.start("guard.management.enabled=false")) {
            assertThat(service.context().containsBean("managementGuard")).isFalse();
            assertThat(management(service, "/actuator/guard").statusCode()).isEqualTo(200);
            assertThat(service.get("/hello").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void doesNotExistWhereTheManagementPortIsTheMainOne() {
        try (GuardedService service = GuardedService.start()) {
            assertThat(service.context().containsBean("managementGuard")).isFalse();
        }
    }

    private static StandardGuard guard(GuardedService service) {
        return service.context().getBean("managementGuard", StandardGuard.class);
    }

    private static HttpResponse<String> management(GuardedService service, String path) {
        return service.getAsync(service.managementPort(), path).join();
    }
}
