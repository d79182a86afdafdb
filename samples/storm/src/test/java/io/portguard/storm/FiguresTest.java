package io.portguard.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FiguresTest {

    @Test
    void goodputIsWhatWasAnsweredInTimeAsAShareOfTheCapacity() {
        Figures figures = Figures.of(Results.observation(Subject.GUARDED), Results.CAPACITY);

        // 900 + 250 + 450 in two seconds.
        assertThat(figures.goodputPercent()).isCloseTo(80, within(0.01));
    }

    @Test
    void politeClientsAreAllButTheAbuserAndTheirCriticalRequestsCountApart() {
        Figures figures = Figures.of(Results.observation(Subject.GUARDED), Results.CAPACITY);

        assertThat(figures.politeSuccessPercent()).isCloseTo(92, within(0.01));
        assertThat(figures.criticalSuccessPercent()).isCloseTo(100, within(0.01));
    }

    @Test
    void everyRequestIsInOneOfTheCounts() {
        for (Subject subject : Subject.values()) {
            Figures figures = Figures.of(Results.observation(subject), Results.CAPACITY);
            assertThat(figures.inTime() + figures.late() + figures.refused() + figures.gaveUp() + figures.broken())
                    .isEqualTo(figures.offered());
        }
    }

    @Test
    void whatDoesNotExistIsNotANumber() {
        Figures figures = Figures.of(Results.observation(Subject.UNGUARDED), Results.CAPACITY);

        assertThat(figures.rejectedP99Millis()).isNull();
        assertThat(figures.admittedP99Millis()).isCloseTo(700, within(1.0));
        assertThat(figures.goodputPercent()).isZero();
    }

    @Test
    void refusalsAreCountedByReason() {
        Figures figures = Figures.of(Results.observation(Subject.GUARDED), Results.CAPACITY);

        assertThat(figures.refusedByReason()).isEqualTo(Map.of("fair-share", 550L));
    }
}
