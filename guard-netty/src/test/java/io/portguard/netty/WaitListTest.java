package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitListTest {

    private final WaitList list = new WaitList();
    private final List<String> timedOut = new ArrayList<>();

    @Test
    void thoseWhoHaveWaitedLongestAreToldFirst() {
        list.add(entry("a"), 0);
        list.add(entry("b"), 10);
        list.add(entry("c"), 20);
        list.expire(110, 100, 10);
        assertThat(timedOut).containsExactly("a", "b");
        list.expire(119, 100, 10);
        assertThat(timedOut).hasSize(2);
        list.expire(120, 100, 10);
        assertThat(timedOut).containsExactly("a", "b", "c");
    }

    @Test
    void oneThatWaitsAnewGoesToTheEnd() {
        WaitList.Entry first = entry("a");
        list.add(first, 0);
        list.add(entry("b"), 10);
        list.add(first, 20);
        list.expire(110, 100, 10);
        assertThat(timedOut).containsExactly("b");
    }

    @Test
    void oneThatWaitsNoLongerIsNotTold() {
        WaitList.Entry only = entry("a");
        list.add(only, 0);
        assertThat(only.isWaiting()).isTrue();
        only.remove();
        only.remove();
        assertThat(only.isWaiting()).isFalse();
        list.expire(1000, 100, 10);
        assertThat(timedOut).isEmpty();
    }

    @Test
    void noMoreAreToldAtOnceThanAllowed() {
        for (int i = 0; i < 5; i++) {
            list.add(entry("a"), 0);
        }
        list.expire(1000, 100, 3);
        assertThat(timedOut).hasSize(3);
    }

    private WaitList.Entry entry(String name) {
        return new WaitList.Entry(() -> timedOut.add(name));
    }
}
