package io.portguard.benchmarks.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.benchmarks.load.LoadPlan;
import io.portguard.benchmarks.load.Phase;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScenarioTest {

    private static final Scenario.Lengths LENGTHS = new Scenario.Lengths(2, 3, 12, 15);

    @Test
    void anOverloadIsTenTimesTheCapacityHalfOfItFromOneClient() {
        Scenario scenario = Scenario.overload(10, 1_500, LENGTHS);

        assertThat(scenario.offeredPerSecond()).isEqualTo(15_000);
        assertThat(phase(scenario, Scenario.FLOOD))
                .isEqualTo(new Phase(
                        Scenario.FLOOD,
                        Duration.ofSeconds(12),
                        Map.of(Scenario.POLITE, 7_500.0, Scenario.ABUSER, 7_500.0)));
        assertThat(phase(scenario, Scenario.AFTER).rates()).isEqualTo(Map.of(Scenario.POLITE, 750.0));
    }

    @Test
    void aFloodLeavesThePoliteClientsAtHalfTheCapacity() {
        Scenario scenario = Scenario.flood(1_500, LENGTHS);

        assertThat(phase(scenario, Scenario.FLOOD).rates())
                .isEqualTo(Map.of(Scenario.POLITE, 750.0, Scenario.ABUSER, 6_750.0));
    }

    @Test
    void theAbuserIsOneAddressAndAFifthOfThePoliteRequestsIsCritical() {
        LoadPlan plan = Scenario.overload(10, 1_500, LENGTHS).plan(4711);

        assertThat(plan.port()).isEqualTo(4711);
        assertThat(plan.groups().get(0).clients()).isEqualTo(100);
        assertThat(plan.groups().get(0).targets().get(1).path()).isEqualTo("/job/critical");
        assertThat(plan.groups().get(0).targets().get(1).weight()).isEqualTo(0.2);
        assertThat(plan.groups().get(1).clients()).isEqualTo(1);
    }

    @Test
    void aServiceFasterThanTheGeneratorIsFloodedAsWellAsCanBe() {
        assertThat(Scenario.overload(10, 80_000, LENGTHS).offeredPerSecond()).isEqualTo(24_000);
    }

    private static Phase phase(Scenario scenario, String name) {
        return scenario.phases().stream()
                .filter(phase -> phase.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
