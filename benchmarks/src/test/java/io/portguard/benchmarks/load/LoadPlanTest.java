package io.portguard.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoadPlanTest {

    @Test
    void loadStaysOnThisMachine() {
        assertThatThrownBy(() -> Plans.group("polite", "10.0.0.1", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("firstAddress of polite: 10.0.0.1 (expected: an address in 127.0.0.0/8)");
    }

    @Test
    void theClientsOfAGroupHaveOneAddressEach() {
        ClientGroup group = Plans.group("polite", "127.1.0.250", 10);

        assertThat(group.address(0).getHostAddress()).isEqualTo("127.1.0.250");
        assertThat(group.address(9).getHostAddress()).isEqualTo("127.1.1.3");
    }

    @Test
    void aPhaseMustNameGroupsThatThereAre() {
        assertThatThrownBy(() -> Plans.of(List.of(Plans.POLITE), Plans.phase("flood", 1, Map.of("polit", 1.0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rates of flood: [polit] (expected: groups out of [polite])");
    }

    @Test
    void aPhaseIsAWholeNumberOfSlots() {
        assertThatThrownBy(() -> Plans.of(
                        List.of(Plans.POLITE), new Phase("odd", Duration.ofMillis(300), Map.of("polite", 1.0))))
                .hasMessage("length of odd: PT0.3S (expected: a multiple of PT0.25S)");
    }

    @Test
    void ratesAndNamesAreChecked() {
        assertThatThrownBy(() -> Plans.phase("flood", 1, Map.of("polite", Double.NaN)))
                .hasMessageContaining("rate of polite in flood: NaN");
        assertThatThrownBy(() ->
                        Plans.of(List.of(Plans.POLITE), Plans.phase("a", 1, Map.of()), Plans.phase("a", 1, Map.of())))
                .hasMessage("phase a is there twice");
        assertThatThrownBy(() -> new Target("normal", "job", 1)).hasMessage("path: job (expected: to begin with /)");
    }
}
