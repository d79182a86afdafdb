package io.portguard.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusalPauseTest {

    private final RefusalPause pause = new RefusalPause();

    @Test
    void thereIsNoneWhileTasksDoNotWaitAndTheProcessorIsNotBusy() {
        times(100, 0.01, 0.5, 1);
        assertThat(pause.nanos()).isZero();
    }

    @Test
    void itGrowsUpToASecondWhileTheProcessorIsBusyAndTheServiceHasAllItCanWorkOn() {
        times(1, 0, 0.99, 1);
        assertThat(pause.nanos()).isEqualTo(25_000_000);
        times(100, 0, 0.99, 1);
        assertThat(pause.nanos()).isEqualTo(1_000_000_000);
    }

    @Test
    void waitingTasksAreASignWhereTheProcessorIsUnknown() {
        times(3, 0.5, Double.NaN, 1.2);
        assertThat(pause.nanos()).isPositive();
    }

    @Test
    void itGoesQuicklyWhenTheServiceRunsOutOfWork() {
        times(100, 0, 0.99, 1);
        times(13, 0, 0.99, 0.1);
        assertThat(pause.nanos()).isZero();
    }

    @Test
    void itGoesSlowlyWhenTheStrainIsOver() {
        times(100, 0, 0.99, 1);
        times(1, 0, 0.5, 1);
        assertThat(pause.nanos()).isBetween(900_000_000L, 999_999_999L);
        times(200, 0, 0.5, 1);
        assertThat(pause.nanos()).isZero();
    }

    @Test
    void itNeverGrowsForABusyProcessorAlone() {
        times(100, 0, 1, 0.6);
        assertThat(pause.nanos()).isZero();
    }

    private void times(int ticks, double meanWait, double cpu, double worked) {
        for (int i = 0; i < ticks; i++) {
            pause.next(meanWait, cpu, worked);
        }
    }
}
