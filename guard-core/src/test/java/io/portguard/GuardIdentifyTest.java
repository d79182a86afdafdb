package io.portguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections and requests whose client is known only after they were admitted, and attempts refused after they were. */
class GuardIdentifyTest {

    private static final int RACES = 1_000;

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final ScriptedRule ofPort = new ScriptedRule("port", log);
    private final ScriptedRule ofClient = new JudgesClient("client", log);
    private final ScriptedRule ofHandshake = new ScriptedRule("handshake", log);
    private final Guard guard = Guard.builder("test")
            .connectionRules(ofClient, ofPort)
            .handshakeRules(ofHandshake)
            .requestRules(ofClient, ofPort)
            .listener(new GuardListener() {
                @Override
                public void admitted(Attempt attempt) {
                    log.add("told admitted " + attempt.client().key());
                }

                @Override
                public void rejected(Attempt attempt, Rejection rejection, boolean enforced) {
                    log.add("told rejected " + attempt.client().key() + (enforced ? "" : " (shadow)"));
                }

                @Override
                public void released(Attempt attempt, Outcome outcome, long durationNanos) {
                    log.add("told released " + attempt.client().key());
                }
            })
            .clock(new ManualClock())
            .tickInterval(Duration.ZERO)
            .build();
    private final Attempt ofProxy = Attempt.connectionOfProxy(guard.client(Attempts.key(1)), null);
    private final Attempt known = Attempt.connection(guard.client(Attempts.key(2)), null);
    private final DecisionCounts counts = guard.counts(Attempt.Kind.CONNECTION);

    private final Attempt byAddress = Attempt.request(guard.client(Attempts.key(1)), null, Priority.NORMAL);
    private final Attempt byName = byAddress.of(guard.client(Attempts.key(2)));
    private final DecisionCounts requests = guard.counts(Attempt.Kind.REQUEST);

    private static final class JudgesClient extends ScriptedRule {

        JudgesClient(String name, List<String> log) {
            super(name, log);
        }

        @Override
        public boolean judgesClient() {
            return true;
        }
    }

    GuardIdentifyTest() {
        log.clear();
    }

    @AfterEach
    void nothingIsHeld() {
        assertThat(ofPort.held()).isZero();
        assertThat(ofClient.held()).isZero();
        assertThat(ofHandshake.held()).isZero();
        assertThat(counts.active()).isZero();
        assertThat(requests.active()).isZero();
    }

    @Test
    void aProxysConnectionIsAskedOfThePortFirstAndOfItsClientLater() {
        Permit asProxys = (Permit) guard.tryAdmit(ofProxy);
        assertThat(log).containsExactly("port asked", "told admitted 10.0.0.1");
        log.clear();

        Permit asClients = (Permit) guard.identify(known);

        assertThat(log).containsExactly("client asked", "told admitted 10.0.0.2");
        assertThat(counts.admitted()).isOne();
        assertThat(counts.active()).isOne();
        log.clear();
        asClients.release(Outcome.IGNORED);
        assertThat(asClients.release(Outcome.IGNORED)).isFalse();
        assertThat(asClients.isReleased()).isTrue();
        asProxys.release(Outcome.IGNORED);
        assertThat(log)
                .containsExactly(
                        "client released IGNORED after 0",
                        "told released 10.0.0.2",
                        "port released IGNORED after 0",
                        "told released 10.0.0.1");
    }

    @Test
    void aClientThatIsRefusedHoldsNothingAndIsCountedOnce() {
        Permit asProxys = (Permit) guard.tryAdmit(ofProxy);
        ofClient.verdict = Rejection.of(Reason.CLIENT_CONNECTIONS);

        assertThat(guard.identify(known)).isSameAs(Rejection.of(Reason.CLIENT_CONNECTIONS));

        assertThat(counts.rejected(Reason.CLIENT_CONNECTIONS)).isOne();
        assertThat(counts.active()).isOne();
        assertThat(log).endsWith("told rejected 10.0.0.2");
        asProxys.release(Outcome.IGNORED);
    }

    @Test
    void inShadowModeItGoesOnAndIsStillOneConnection() {
        guard.mode(Mode.SHADOW);
        Permit asProxys = (Permit) guard.tryAdmit(ofProxy);
        ofClient.verdict = Rejection.of(Reason.DENIED);

        Permit asClients = (Permit) guard.identify(known);

        assertThat(counts.wouldReject(Reason.DENIED)).isOne();
        assertThat(counts.active()).isOne();
        asClients.release(Outcome.IGNORED);
        assertThat(counts.active()).isOne();
        asProxys.release(Outcome.IGNORED);
    }

    @Test
    void aProxyBehindAProxyIsAskedOfNobody() {
        Permit asProxys = (Permit) guard.tryAdmit(ofProxy);
        ofClient.verdict = Rejection.of(Reason.DENIED);
        Permit behind = (Permit) guard.identify(ofProxy);
        assertThat(log).doesNotContain("client asked");
        behind.release(Outcome.IGNORED);
        asProxys.release(Outcome.IGNORED);
    }

    @Test
    void anAdmittedAttemptThatIsRefusedIsCountedAndStillReleasedOnce() {
        Permit permit = (Permit) guard.tryAdmit(known);

        assertThat(guard.refuse(known, Rejection.of(Reason.DENIED), Mode.ENFORCE))
                .isTrue();

        assertThat(counts.rejected(Reason.DENIED)).isOne();
        assertThat(counts.active()).isOne();
        permit.release(Outcome.IGNORED);
    }

    @Test
    void theWeakerModeHolds() {
        Permit permit = (Permit) guard.tryAdmit(known);
        assertThat(guard.refuse(known, Rejection.of(Reason.DENIED), Mode.SHADOW))
                .isFalse();
        guard.mode(Mode.SHADOW);
        assertThat(guard.refuse(known, Rejection.of(Reason.DENIED), Mode.ENFORCE))
                .isFalse();
        assertThat(counts.wouldReject(Reason.DENIED)).isEqualTo(2);
        guard.mode(Mode.OFF);
        assertThat(guard.refuse(known, Rejection.of(Reason.DENIED), Mode.ENFORCE))
                .isFalse();
        assertThat(counts.wouldReject(Reason.DENIED)).isEqualTo(2);
        assertThat(counts.rejected()).isZero();
        assertThat(counts.active()).isOne();
        permit.release(Outcome.IGNORED);
    }

    @Test
    void handshakesHaveRulesOfTheirOwn() {
        Attempt handshake = Attempt.handshake(guard.client(Attempts.key(2)), null, Priority.NORMAL);
        Permit permit = (Permit) guard.tryAdmit(handshake);
        assertThat(ofHandshake.held()).isOne();
        assertThat(guard.counts(Attempt.Kind.HANDSHAKE).active()).isOne();
        assertThat(counts.active()).isZero();
        permit.release(Outcome.SUCCESS);
        assertThat(guard.counts(Attempt.Kind.HANDSHAKE).active()).isZero();
    }

    @Test
    void aRequestIsHandedOverFromItsAddressToItsClient() {
        Permit permit = (Permit) guard.tryAdmit(byAddress);
        log.clear();

        assertThat(guard.identify(permit, byName)).isSameAs(permit);

        assertThat(log).containsExactly("client cancelled", "client asked", "told admitted 10.0.0.2");
        assertThat(permit.attempt()).isSameAs(byName);
        assertThat(requests.admitted()).isOne();
        assertThat(requests.active()).isOne();
        log.clear();
        permit.release(Outcome.SUCCESS);
        assertThat(log)
                .containsExactly(
                        "port released SUCCESS after 0", "client released SUCCESS after 0", "told released 10.0.0.2");
    }

    @Test
    void aRequestOfAClientThatIsRefusedIsHeldByThePortAlone() {
        Permit permit = (Permit) guard.tryAdmit(byAddress);
        ofClient.verdict = Rejection.of(Reason.CLIENT_RATE);

        assertThat(guard.identify(permit, byName)).isSameAs(Rejection.of(Reason.CLIENT_RATE));

        assertThat(requests.rejected(Reason.CLIENT_RATE)).isOne();
        assertThat(requests.active()).isOne();
        assertThat(ofClient.held()).isZero();
        assertThat(ofPort.held()).isOne();
        permit.release(Outcome.IGNORED);
    }

    @Test
    void aRequestWhoseClientIsOnlyShadowedGoesOn() {
        guard.mode(Mode.SHADOW);
        Permit permit = (Permit) guard.tryAdmit(byAddress);
        ofClient.verdict = Rejection.of(Reason.BANNED);
        assertThat(guard.identify(permit, byName)).isSameAs(permit);
        assertThat(requests.wouldReject(Reason.BANNED)).isOne();
        assertThat(requests.active()).isOne();
        permit.release(Outcome.SUCCESS);
    }

    @Test
    void aRequestThatHasEndedIsHandedOverToNobody() {
        Permit permit = (Permit) guard.tryAdmit(byAddress);
        permit.release(Outcome.IGNORED);
        assertThat(guard.identify(permit, byName)).isSameAs(permit);
        assertThat(permit.isReleased()).isTrue();
    }

    @Test
    void anExemptRequestIsAskedOfNobodyWhoeverMakesIt() {
        Permit permit = (Permit) guard.tryAdmit(byAddress.exempted());
        ofClient.verdict = Rejection.of(Reason.DENIED);
        assertThat(guard.identify(permit, permit.attempt().of(byName.client()))).isSameAs(permit);
        permit.release(Outcome.SUCCESS);
    }

    @Test
    void whoeverIsFirstTheEndOrTheHandingOverNothingIsLeft() throws Exception {
        for (int i = 0; i < RACES; i++) {
            Permit permit = (Permit) guard.tryAdmit(byAddress);
            CountDownLatch start = new CountDownLatch(1);
            Thread ending = new Thread(() -> {
                start.countDown();
                permit.release(Outcome.IGNORED);
            });
            ending.start();
            start.await();
            guard.identify(permit, byName);
            ending.join();
            assertThat(ofClient.held()).isZero();
            assertThat(ofPort.held()).isZero();
        }
        assertThat(requests.admitted()).isEqualTo(RACES);
    }
}
