package io.portguard.jmx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.Attempt;
import io.portguard.Attempts;
import io.portguard.Client;
import io.portguard.ClientKey;
import io.portguard.Failure;
import io.portguard.ManualClock;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.settings.Setting;
import io.portguard.standard.StandardGuard;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.InvalidAttributeValueException;
import javax.management.JMX;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardMBeansTest {

    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

    private final ManualClock clock = new ManualClock();
    private final StandardGuard guard = guard("jmx-test", Map.of());
    private final GuardMBeans.Registration registration = GuardMBeans.register(guard);
    private final ObjectName name = GuardMBeans.nameOf(guard);
    private final GuardMXBean proxy = JMX.newMXBeanProxy(SERVER, name, GuardMXBean.class);

    private StandardGuard guard(String called, Map<String, String> settings) {
        return StandardGuard.builder(called)
                .configure(settings)
                .clock(clock)
                .tickInterval(Duration.ZERO)
                .build();
    }

    @AfterEach
    void unregister() {
        registration.close();
    }

    private Map<String, MBeanAttributeInfo> attributes() throws Exception {
        return Arrays.stream(SERVER.getMBeanInfo(name).getAttributes())
                .collect(Collectors.toMap(MBeanAttributeInfo::getName, Function.identity(), (a, b) -> a, TreeMap::new));
    }

    private Object get(String attribute) throws Exception {
        return SERVER.getAttribute(name, attribute);
    }

    private void set(String attribute, Object value) throws Exception {
        SERVER.setAttribute(name, new Attribute(attribute, value));
    }

    @Test
    void theNameIsThatOfTheContract() {
        assertThat(name).hasToString("io.portguard:type=Guard,name=jmx-test");
        assertThat(GuardMBeans.nameOf(guard("a,b=c*", Map.of())).getKeyProperty("name"))
                .isEqualTo("\"a,b=c\\*\"");
    }

    @Test
    void guardsOfOneNameAreToldApartByTheirInstance() throws Exception {
        GuardMBeans.Registration second = GuardMBeans.register(guard("jmx-test", Map.of("clients.rate", "2")));
        GuardMBeans.Registration third = GuardMBeans.register(guard("jmx-test", Map.of("clients.rate", "3")));
        assertThat(second.name()).hasToString("io.portguard:type=Guard,name=jmx-test,instance=2");
        assertThat(third.name()).hasToString("io.portguard:type=Guard,name=jmx-test,instance=3");
        assertThat(SERVER.getAttribute(name, "ClientsRate")).isNull();
        assertThat(SERVER.getAttribute(second.name(), "ClientsRate")).isEqualTo(2.0);

        second.close();
        GuardMBeans.Registration fourth = GuardMBeans.register(guard("jmx-test", Map.of("clients.rate", "4")));
        assertThat(fourth.name()).as("the first that is free").isEqualTo(second.name());
        second.close();
        assertThat(SERVER.isRegistered(fourth.name()))
                .as("not taken by one that has gone")
                .isTrue();
        third.close();
        fourth.close();
    }

    @Test
    void theDiagnosisSaysWhatClientsDidWrong() {
        assertThat(StatusReport.of(guard)).doesNotContain("failures of clients");
        Client client = guard.guard().client(Attempts.key(1));
        guard.failed(Attempts.connection(client), Failure.TIMEOUT);
        guard.failed(Attempts.connection(client), Failure.TLS_HANDSHAKE);
        guard.ban(client.key(), 60);
        assertThat(StatusReport.of(guard))
                .contains("failures of clients: tls-handshake 1, timeout 1; clients banned: 1");
    }

    @Test
    void aRegistrationIsTakenBackOnceAndMayBeAgain() {
        registration.close();
        assertThat(SERVER.isRegistered(name)).isFalse();
        registration.close();
    }

    @Test
    void theStateOfTheContractIsThereToBeRead() throws Exception {
        Map<String, MBeanAttributeInfo> attributes = attributes();
        for (String state : List.of(
                "ActiveRequests",
                "ActiveConnections",
                "RequestLimit",
                "AdmittedRequests",
                "RejectedRequests",
                "TrackedClients",
                "SheddingLevel",
                "Pressure")) {
            assertThat(attributes).containsKey(state);
            assertThat(attributes.get(state).isWritable()).as(state).isFalse();
            assertThat(get(state)).as(state).isNotNull();
        }
        assertThat(attributes).hasSize(8 + guard.settings().all().size());
    }

    @Test
    void everySettingIsAnAttributeOfItsTypeAndWritableIfItCanBeTuned() throws Exception {
        Map<String, MBeanAttributeInfo> attributes = attributes();
        for (Setting<?> setting : guard.settings().all()) {
            MBeanAttributeInfo attribute = attributes.get(setting.attributeName());
            assertThat(attribute).as(setting.name()).isNotNull();
            assertThat(attribute.getType())
                    .as(setting.name())
                    .isEqualTo(setting.type().jmxType().getName());
            assertThat(attribute.isReadable()).as(setting.name()).isTrue();
            assertThat(attribute.isWritable()).as(setting.name()).isEqualTo(setting.tunable());
            assertThat(attribute.getDescription()).contains(setting.name(), setting.expected());
            Object value = get(setting.attributeName());
            if (value != null) {
                assertThat(value).as(setting.name()).isInstanceOf(setting.type().jmxType());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Mode, java.lang.String",
        "ConnectionsMax, java.lang.Integer",
        "ConnectionsMaxPerClient, java.lang.Integer",
        "ConnectionsAcceptRate, java.lang.Double",
        "ConnectionsAcceptBurstPerClient, java.lang.Double",
        "ConnectionsRequestTimeout, java.lang.String",
        "RequestsConcurrencyAlgorithm, java.lang.String",
        "RequestsConcurrencyMax, java.lang.Integer",
        "ClientsRate, java.lang.Double",
        "ClientsFairShare, java.lang.Boolean",
        "ClientsMaxConcurrent, java.lang.Integer",
        "SheddingEnabled, java.lang.Boolean",
        "SheddingTargetDelay, java.lang.String",
        "AccessAllow, java.lang.String",
        "AccessDeny, java.lang.String"
    })
    void theAttributesOfTheContractAreWritable(String attribute, String type) throws Exception {
        MBeanAttributeInfo info = attributes().get(attribute);
        assertThat(info.getType()).isEqualTo(type);
        assertThat(info.isWritable()).isTrue();
    }

    @Test
    void anAttributeThatIsSetHoldsFromThenOn() throws Exception {
        set("ClientsRate", 2.5);
        set("RequestsConcurrencyMax", 60);
        set("ClientsFairShare", false);
        set("Mode", "shadow");
        set("SheddingTargetDelay", "50ms");
        set("AccessDeny", "10.0.0.0/8, 2001:db8::/32");
        assertThat(get("ClientsRate")).isEqualTo(2.5);
        assertThat(get("RequestsConcurrencyMax")).isEqualTo(60);
        assertThat(get("ClientsFairShare")).isEqualTo(false);
        assertThat(get("Mode")).isEqualTo("shadow");
        assertThat(get("SheddingTargetDelay")).isEqualTo("50ms");
        assertThat(get("AccessDeny")).isEqualTo("10.0.0.0/8, 2001:db8::/32");
        set("ClientsRate", null);
        assertThat(get("ClientsRate")).isNull();
        set("AccessDeny", "");
        assertThat(get("AccessDeny")).isEqualTo("");
    }

    @Test
    void anAttributeSetToWhatItCannotBeIsRefusedWithASentence() {
        assertThatThrownBy(() -> set("RequestsConcurrencyMax", 0))
                .isInstanceOf(InvalidAttributeValueException.class)
                .hasMessage("requests.concurrency.max: \"0\" (expected: a whole number from 1 to 10000000)");
        assertThatThrownBy(() -> set("ClientsBurst", 5.0))
                .isInstanceOf(InvalidAttributeValueException.class)
                .hasMessage("clients.burst: \"5.0\" (expected: clients.burst only together with clients.rate)");
        assertThatThrownBy(() -> set("Mode", "strict"))
                .hasMessage("mode: \"strict\" (expected: enforce, shadow or off)");
        assertThatThrownBy(() -> set("Mode", null)).hasMessage("mode: \"unset\" (expected: enforce, shadow or off)");
        assertThatThrownBy(() -> set("ClientsMaxTracked", 5))
                .hasMessage(
                        "clients.max-tracked: \"5\" (expected: no change while running; set it in the configuration)");
        assertThat(guard.settings().all()).noneMatch(guard.settings()::isChanged);
    }

    @Test
    void severalAttributesAreReadAndSetAtOnce() throws Exception {
        AttributeList set = SERVER.setAttributes(
                name, new AttributeList(List.of(new Attribute("ClientsRate", 3.0), new Attribute("Mode", "nonsense"))));
        assertThat(set.asList()).extracting(Attribute::getName).containsExactly("ClientsRate");
        AttributeList got = SERVER.getAttributes(name, new String[] {"ClientsRate", "NoSuch", "ActiveRequests"});
        assertThat(got.asList()).extracting(Attribute::getName).containsExactly("ClientsRate", "ActiveRequests");
    }

    @Test
    void whatARuleInShadowModeWouldHaveRefusedIsShownToEveryKindOfClient() throws Exception {
        guard.settings().tune("shadow.rules", "client-rate", 0);
        guard.settings().tune("clients.rate", "1", 0);
        Attempt attempt = Attempts.request(guard.guard().client(Attempts.key(5)));
        for (int i = 0; i < 3; i++) {
            ((Permit) guard.guard().tryAdmit(attempt)).release(Outcome.SUCCESS);
            guard.answered(attempt, 200);
        }
        ShadowedRule report = proxy.shadowReport().get(0);
        assertThat(report.getRule()).isEqualTo("client-rate");
        assertThat(report.getAttempts()).isEqualTo(2);
        assertThat(report.getGoodAttempts()).isEqualTo(2);
        assertThat(report.getGoodClients()).isEqualTo(Map.of("10.0.0.5", 2L));
        CompositeData[] open = (CompositeData[]) SERVER.invoke(name, "shadowReport", new Object[0], new String[0]);
        assertThat(open[0].get("goodAttempts")).isEqualTo(2L);
        assertThat(proxy.diagnose())
                .contains("in shadow, client-rate would have refused 2, 2 of clients that were good (10.0.0.5 2)");
    }

    @Test
    void theOperationsOfTheContractAreThere() throws Exception {
        assertThat(Arrays.stream(SERVER.getMBeanInfo(name).getOperations()).map(MBeanOperationInfo::getName))
                .containsExactlyInAnyOrder(
                        "tune",
                        "revert",
                        "ban",
                        "unban",
                        "bans",
                        "topClients",
                        "shadowReport",
                        "diagnose",
                        "exportYaml");
    }

    @Test
    void aTuningRevertsByItself() throws Exception {
        proxy.tune("clients.rate", "7", 30);
        assertThat(get("ClientsRate")).isEqualTo(7.0);
        clock.advanceSeconds(30);
        guard.guard().tick();
        assertThat(get("ClientsRate")).isNull();
        proxy.tune("clients.rate", "8", 0);
        proxy.revert();
        assertThat(get("ClientsRate")).isNull();
    }

    @Test
    void aTuningThatIsNotAcceptableIsRefusedWithASentenceThatAnyClientCanRead() {
        assertThatThrownBy(() -> proxy.tune("clients.rates", "7", 0))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "clients.rates: \"7\" (expected: the name of a setting: mode, shadow.rules, connections.max, ");
        assertThatThrownBy(() -> SERVER.invoke(name, "tune", new Object[] {"clients.rate", "-1", 0L}, new String[] {
                    "java.lang.String", "java.lang.String", "long"
                }))
                .isInstanceOf(RuntimeMBeanException.class)
                .hasCauseExactlyInstanceOf(IllegalArgumentException.class)
                .cause()
                .hasMessage(
                        "clients.rate: \"-1\" (expected: a number a second, above 0 and at most 10000000, or unset)");
    }

    @Test
    void aClientIsBannedByItsAddressOrItsNetwork() {
        proxy.ban("10.0.0.5", 100);
        assertThat(guard.guard().tryAdmit(Attempts.request(guard.guard().client(Attempts.key(5)))))
                .isEqualTo(Rejection.of(Reason.BANNED, 60));
        proxy.ban("2001:db8::1", 100);
        assertThat(proxy.bans()).containsOnlyKeys("10.0.0.5", "2001:db8::/64").containsEntry("10.0.0.5", 100L);
        assertThat(proxy.unban("2001:db8::/64")).isTrue();
        assertThat(proxy.unban("10.0.0.5")).isTrue();
    }

    @Test
    void aClientThatIsToldByItsNameIsBannedByIt() {
        StandardGuard byName = guard("jmx-names", Map.of("clients.identify-by", "principal"));
        try (GuardMBeans.Registration registered = GuardMBeans.register(byName)) {
            GuardMXBean bean = JMX.newMXBeanProxy(SERVER, registered.name(), GuardMXBean.class);
            bean.ban("alice", 5);
            assertThat(byName.guard().tryAdmit(Attempts.request(byName.guard().client(ClientKey.named("alice")))))
                    .isEqualTo(Rejection.of(Reason.BANNED, 5));
            assertThat(bean.unban("alice")).isTrue();
            assertThat(bean.unban("alice")).isFalse();
        }
    }

    @Test
    void aBanThatIsNotAcceptableIsRefusedWithASentence() {
        assertThatThrownBy(() -> proxy.ban("10.0.0.l", 5))
                .hasMessage("client: \"10.0.0.l\" (expected: an address, or a network that is one client)");
        assertThatThrownBy(() -> proxy.ban(" ", 5))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("client: \"\" (expected: an address or a client's name)");
        assertThatThrownBy(() -> proxy.ban("10.0.0.1", 0))
                .hasMessage("seconds: 0 (expected: a whole number from 1 to 31622400)");
        // Only 10.0.0.0 would be banned.
        assertThatThrownBy(() -> proxy.ban("10.0.0.0/8", 5))
                .hasMessage(
                        "client: \"10.0.0.0/8\" (expected: an address, a network that is one client, or a client's name)");
        assertThat(guard.bans()).isEmpty();
    }

    @Test
    void theTopClientsAreShownToEveryKindOfClient() throws Exception {
        Client heavy = guard.guard().client(Attempts.key(1));
        Client light = guard.guard().client(Attempts.key(2));
        for (int i = 0; i < 3; i++) {
            guard.guard().tryAdmit(Attempts.request(heavy));
        }
        guard.guard().tryAdmit(Attempts.request(light));
        guard.guard().tryAdmit(Attempts.connection(light));
        clock.advanceSeconds(2);
        CompositeData[] shown =
                (CompositeData[]) SERVER.invoke(name, "topClients", new Object[] {5}, new String[] {"int"});
        assertThat(shown).hasSize(2);
        assertThat(shown[0].get("client")).isEqualTo("10.0.0.1");
        assertThat(shown[0].get("requests")).isEqualTo(3);
        assertThat((double) shown[0].get("usage")).isBetween(1.5, 2.5);
        assertThat(shown[1].get("connections")).isEqualTo(1);
        assertThat(proxy.topClients(1)).singleElement().satisfies(top -> {
            assertThat(top.getClient()).isEqualTo("10.0.0.1");
            assertThat(top.getRequests()).isEqualTo(3);
            assertThat(top.getConnections()).isZero();
        });
    }

    @Test
    void theStateIsThatOfTheGuard() {
        Client client = guard.guard().client(Attempts.key(1));
        Permit permit = (Permit) guard.guard().tryAdmit(Attempts.request(client));
        guard.guard().tryAdmit(Attempts.connection(client));
        assertThat(proxy.getActiveRequests()).isOne();
        assertThat(proxy.getActiveConnections()).isOne();
        assertThat(proxy.getAdmittedRequests()).isOne();
        assertThat(proxy.getRejectedRequests()).isZero();
        assertThat(proxy.getTrackedClients()).isOne();
        assertThat(proxy.getRequestLimit()).isGreaterThanOrEqualTo(20);
        assertThat(proxy.getSheddingLevel()).isZero();
        guard.guard().tick();
        assertThat(proxy.getPressure()).containsKey("queue-delay");
        permit.release(Outcome.SUCCESS);
        assertThat(proxy.getActiveRequests()).isZero();
    }

    @Test
    void theDiagnosisSaysWhatIsWrongFirst() {
        assertThat(proxy.diagnose()).contains("\nguard jmx-test, mode enforce\n");
        proxy.tune("requests.concurrency.max", "1", 0);
        proxy.tune("requests.concurrency.algorithm", "fixed", 0);
        proxy.ban("10.0.0.9", 100);
        Attempt attempt = Attempts.request(guard.guard().client(Attempts.key(1)));
        guard.guard().tryAdmit(attempt);
        guard.guard().tryAdmit(attempt);
        assertThat(proxy.diagnose())
                .contains("WARNING   All 1 places for requests are taken.\n")
                .contains("NOTE      10.0.0.9 is banned for 100 s more.\n")
                .contains(
                        "requests: 1 in progress of at most 1 (1 are worked on at once); 1 admitted, 1 refused (concurrency 1)\n");
    }
}
