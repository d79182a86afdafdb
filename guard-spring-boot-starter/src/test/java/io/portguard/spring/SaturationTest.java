package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.standard.StandardGuard;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SaturationTest {

    private final AtomicLong time = new AtomicLong();
    private final Saturation saturation = new Saturation();
    private final StandardGuard guard = StandardGuard.builder("server")
            .configure(Map.of(
                    "requests.concurrency.algorithm", "fixed",
                    "requests.concurrency.max", "1",
                    "clients.fair-share", "false",
                    "shedding.enabled", "false"))
            .clock(time::get)
            .tickInterval(Duration.ZERO)
            .chore(saturation)
            .build();
    private final Attempt request =
            Attempt.request(guard.guard().client(ClientKey.named("somebody")), null, Priority.NORMAL);

    @Test
    void beginsWithARefusalAndEndsASecondAfterTheLast() {
        pass(Duration.ZERO);
        assertThat(saturation.state().saturated()).isFalse();
        Permit only = (Permit) guard.guard().tryAdmit(request);
        for (int i = 0; i < 20; i++) {
            guard.guard().tryAdmit(request);
            pass(Duration.ofMillis(500));
        }
        assertThat(saturation.state().saturatedFor(Duration.ofMillis(9_500))).isTrue();
        assertThat(saturation.state().saturatedFor(Duration.ofSeconds(10))).isFalse();

        only.release(Outcome.SUCCESS);
        pass(Duration.ofSeconds(1));
        assertThat(saturation.state().saturated()).as("a pause").isTrue();
        pass(Duration.ofMillis(1));
        assertThat(saturation.state()).isEqualTo(new Saturation.State(false, Duration.ZERO));
        pass(Duration.ofSeconds(5));
        assertThat(saturation.state().calmFor(Duration.ofSeconds(5))).isTrue();
        assertThat(saturation.state().saturatedFor(Duration.ZERO)).isFalse();
    }

    @Test
    void countsNeitherWhatShadowModeOnlyWouldRefuseNorWhatClientsAreRefusedForThemselves() {
        pass(Duration.ZERO);
        guard.settings().tune("mode", "shadow", 0);
        Permit only = (Permit) guard.guard().tryAdmit(request);
        ((Permit) guard.guard().tryAdmit(request)).release(Outcome.SUCCESS);
        pass(Duration.ofMillis(50));
        assertThat(saturation.state().saturated()).isFalse();
        only.release(Outcome.SUCCESS);

        guard.settings().tune("mode", "enforce", 0);
        guard.ban(ClientKey.named("somebody"), 60);
        guard.guard().tryAdmit(request);
        pass(Duration.ofMillis(50));
        assertThat(guard.status().rejectedRequests()).isEqualTo(1);
        assertThat(saturation.state().saturated()).isFalse();
    }

    @Test
    void aLimitIsChecked() {
        assertThat(Saturation.limit("health.saturated-for", null)).isEqualTo(Saturation.NEVER);
        assertThat(Saturation.limit("health.saturated-for", Duration.ofSeconds(10)))
                .isEqualTo(Duration.ofSeconds(10));
        assertThatThrownBy(() -> Saturation.limit("health.saturated-for", Duration.ZERO))
                .isInstanceOf(InvalidGuardPropertyException.class)
                .hasMessage("guard.health.saturated-for: \"0s\" (expected: a duration from 1s to 1d, such as 20ms or"
                        + " 10s, or unset)");
    }

    private void pass(Duration duration) {
        time.addAndGet(duration.toNanos());
        guard.guard().tick();
    }
}
