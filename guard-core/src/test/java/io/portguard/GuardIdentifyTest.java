package io.portguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections whose client is known only after they were admitted, and attempts refused after they were. */
class GuardIdentifyTest {

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final ScriptedRule ofPort = new ScriptedRule("port", log);
    private final ScriptedRule ofClient = new JudgesClient("client", log);
    private final ScriptedRule ofHandshake = new ScriptedRule("handshake", log);
    private final Guard guard = Guard.builder("test")
            .connectionRules(ofClient, ofPort)
            .handshakeRules(ofHandshake)
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
}
