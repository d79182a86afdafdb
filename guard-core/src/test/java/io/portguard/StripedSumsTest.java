package io.portguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StripedSumsTest {

    private static final int ADDITIONS = 20_000;

    /** More than there are stripes, so that some have one to themselves and some share. */
    private static final int MANY = 150;

    private final StripedSums sums = new StripedSums(2);

    @Test
    void nothingIsLostHoweverManyThreadsAddAtOnce() throws InterruptedException {
        CountDownLatch all = new CountDownLatch(MANY);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            threads.add(new Thread(() -> {
                all.countDown();
                for (int addition = 0; addition < ADDITIONS; addition++) {
                    sums.stripe().add(0, 1);
                    sums.stripe().add(1, -3);
                }
            }));
        }
        threads.forEach(Thread::start);
        all.await();
        while (threads.stream().anyMatch(Thread::isAlive)) {
            sums.sums(); // lets go of those that have ended while others go on
            Thread.onSpinWait();
        }
        assertThat(sums.sum(0)).isEqualTo((long) MANY * ADDITIONS);
        assertThat(sums.sums()).containsExactly((long) MANY * ADDITIONS, -3L * MANY * ADDITIONS);
    }

    @Test
    void whatThreadsAddedThatHaveEndedIsKeptWhenOthersTakeTheirPlace() throws InterruptedException {
        for (int generation = 1; generation <= 3; generation++) {
            for (int i = 0; i < MANY; i++) {
                Thread thread = new Thread(() -> sums.stripe().add(0, 1));
                thread.start();
                thread.join();
            }
            assertThat(sums.sums()[0]).isEqualTo((long) generation * MANY);
        }
    }

    @Test
    void aStripeBelongsToOneThreadUntilThatHasEnded() throws InterruptedException {
        List<StripedSums.Stripe> stripes = new ArrayList<>();
        List<Thread> ended = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Thread thread = new Thread(() -> stripes.add(sums.stripe()));
            thread.start();
            thread.join();
            ended.add(thread);
        }
        // Nobody has looked, so all threads of a number after the first found its stripe taken.
        assertThat(ended).noneMatch(Thread::isAlive);
        assertThat(stripes.get(0)).isNotSameAs(stripes.get(64)).isNotSameAs(stripes.get(128));
        assertThat(stripes.get(64)).isSameAs(stripes.get(128));
        StripedSums.Stripe mine = sums.stripe();
        assertThat(sums.stripe()).isSameAs(mine);
    }

    @Test
    void aSumSeesWhatHappenedBeforeWhatItSees() throws InterruptedException {
        Thread writer = new Thread(() -> {
            for (int addition = 0; addition < ADDITIONS; addition++) {
                sums.stripe().add(0, 1);
                sums.stripe().add(1, 1);
            }
        });
        writer.start();
        while (writer.isAlive()) {
            long second = sums.sum(1);
            assertThat(sums.sum(0)).isGreaterThanOrEqualTo(second);
        }
        writer.join();
        assertThat(sums.sum(1)).isEqualTo(ADDITIONS);
    }
}
