package io.portguard.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Priority;
import io.portguard.limit.Allowance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThresholdsTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 2", "10, 10", "16, 21", "80, 100", "1, 10000000", "10000000, 10000000"})
    void whoMattersMoreAndUsesLessIsNeverWorseOff(int capacity, int limit) {
        Thresholds busy = Thresholds.graded(new Allowance(capacity, limit), Priority.CRITICAL, limit, 0);
        for (Priority priority : Priority.values()) {
            for (int standing = 0; standing < FairShare.STANDINGS; standing++) {
                int threshold = busy.of(priority, standing);
                assertThat(threshold).isBetween(capacity, limit);
                if (standing > 0) {
                    assertThat(threshold).isLessThanOrEqualTo(busy.of(priority, standing - 1));
                }
                for (Priority lower : Priority.values()) {
                    if (lower.compareTo(priority) > 0) {
                        assertThat(threshold).isGreaterThanOrEqualTo(busy.of(lower, standing));
                    }
                }
            }
        }
        assertThat(busy.of(Priority.CRITICAL, 0)).isEqualTo(limit);
    }

    @Test
    void whileTheServiceIsNotBusyThePlacesAreForAllButWhoIsFarAboveItsShare() {
        Thresholds idle = Thresholds.even(new Allowance(10, 30), Priority.NORMAL);
        for (Priority priority : Priority.values()) {
            assertThat(idle.of(priority, 0)).isEqualTo(30);
            assertThat(idle.of(priority, 1)).isEqualTo(30);
            assertThat(idle.of(priority, 2)).isBetween(20, 29);
            assertThat(idle.of(priority, 3)).isBetween(15, 20);
        }
    }

    @Test
    void backgroundOfTheHeaviestGetsNoPlaceInTheQueueOfABusyService() {
        Thresholds busy = Thresholds.graded(new Allowance(10, 30), Priority.CRITICAL, 30, 0);
        assertThat(busy.of(Priority.BACKGROUND, 3)).isEqualTo(10);
        assertThat(busy.of(Priority.NORMAL, 0)).isEqualTo(22);
    }

    @Test
    void nothingIsKeptForThoseWhoAreNotThere() {
        Thresholds busy = Thresholds.graded(new Allowance(10, 30), Priority.NORMAL, 30, 0);
        assertThat(busy.of(Priority.NORMAL, 0)).isEqualTo(30);
        assertThat(busy.of(Priority.NORMAL, 3)).isBetween(11, 15);
        assertThat(busy.of(Priority.CRITICAL, 0)).isEqualTo(30);
    }
}
