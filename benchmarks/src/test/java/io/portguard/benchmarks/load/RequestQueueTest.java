package io.portguard.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequestQueueTest {

    private final RequestQueue queue = new RequestQueue();

    @Test
    void itIsReadFromBothEndsAndGrowsWhereItIsWrapped() {
        for (int i = 0; i < 6; i++) {
            queue.add(i, 100 + i);
        }
        for (int i = 0; i < 5; i++) {
            queue.removeOldest();
        }
        for (int i = 6; i < 40; i++) {
            queue.add(i, 100 + i);
        }

        assertThat(queue.oldestDue()).isEqualTo(105);
        assertThat(queue.newestStream()).isEqualTo(39);
        for (int i = 5; i < 39; i++) {
            assertThat(queue.oldestStream()).isEqualTo(i);
            assertThat(queue.oldestDue()).isEqualTo(100 + i);
            queue.removeOldest();
        }
        queue.removeNewest();
        assertThat(queue.isEmpty()).isTrue();
    }
}
