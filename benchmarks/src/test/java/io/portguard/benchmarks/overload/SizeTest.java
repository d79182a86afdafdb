package io.portguard.benchmarks.overload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.benchmarks.overload.OverloadBenchmark.Size;
import java.util.List;
import org.junit.jupiter.api.Test;

class SizeTest {

    private static final Contender PORTGUARD = Contenders.ALL.get(0);
    private static final Contender HAPROXY = Contenders.ALL.stream()
            .filter(contender -> contender.front() == Front.HAPROXY)
            .findFirst()
            .orElseThrow();

    @Test
    void byDefaultPortguardIsPlayedWhollyAndThePeersInTheCasesThatTellMost() {
        Size size = Size.byDefault(List.of(), List.of());

        for (Case one : Case.values()) {
            assertThat(size.has(one, PORTGUARD)).isTrue();
            assertThat(size.has(one, Contenders.UNGUARDED)).isEqualTo(one == Case.TEN);
            assertThat(size.has(one, HAPROXY)).isEqualTo(one == Case.TEN || one == Case.FLOOD);
        }
    }

    @Test
    void whoIsAskedForByNameIsPlayedWholly() {
        Size size = Size.byDefault(List.of("BARE"), List.of());

        for (Case one : Case.values()) {
            assertThat(size.has(one, Contenders.UNGUARDED)).isTrue();
            assertThat(size.has(one, PORTGUARD)).isFalse();
        }
    }

    @Test
    void fullIsAllOfAll() {
        Size size = Size.full(List.of(), List.of(), 1);

        assertThat(Contenders.ALL)
                .allSatisfy(contender -> assertThat(Case.values())
                        .allSatisfy(one -> assertThat(size.has(one, contender)).isTrue()));
    }

    @Test
    void casesCanBePicked() {
        Size size = Size.byDefault(List.of(), List.of("2x"));

        assertThat(size.has(Case.DOUBLE, PORTGUARD)).isTrue();
        assertThat(size.has(Case.TEN, PORTGUARD)).isFalse();
    }

    @Test
    void whatIsNotThereIsToldInASentence() {
        assertThatThrownBy(() -> Size.byDefault(List.of("undertow"), List.of()))
                .hasMessageStartingWith("subject: undertow (expected: a part of one of [portguard on tomcat,");
        assertThatThrownBy(() -> Size.byDefault(List.of(), List.of("3x")))
                .hasMessage("case: 3x (expected: one of [0.5x, 1.03x, 2x, 5x, 10x, flood])");
    }

    @Test
    void everyContenderHasANameOfItsOwn() {
        assertThat(Contenders.ALL.stream().map(Contender::name)).doesNotHaveDuplicates();
    }
}
