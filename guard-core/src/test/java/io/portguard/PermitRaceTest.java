package io.portguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PermitRaceTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 2_000;
    private static final List<Mode> MODES = List.of(Mode.ENFORCE, Mode.SHADOW, Mode.OFF);

    @Test
    void ofSeveralWhoReleaseAtOnceExactlyOneDoes() throws Exception {
        AtomicInteger held = new AtomicInteger();
        AtomicInteger told = new AtomicInteger();
        Guard guard = Guard.builder("race")
                .requestRules(new Counting(held))
                .listener(new GuardListener() {
                    @Override
                    public void released(Attempt attempt, Outcome outcome, long durationNanos) {
                        told.incrementAndGet();
                    }
                })
                .clock(new ManualClock())
                .tickInterval(Duration.ZERO)
                .build();
        Attempt attempt = Attempts.request(guard.client(Attempts.key(1)));
        List<Permit> permits = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            permits.add((Permit) guard.tryAdmit(attempt));
        }
        AtomicInteger won = new AtomicInteger();
        race(() -> {
            for (Permit permit : permits) {
                won.addAndGet(permit.release(Outcome.SUCCESS) ? 1 : 0);
            }
        });
        assertThat(won).hasValue(ROUNDS);
        assertThat(told).hasValue(ROUNDS);
        assertThat(held).hasValue(0);
        assertThat(guard.counts(Attempt.Kind.REQUEST).active()).isZero();
    }

    @Test
    void whileRulesAreSwitchedOnAndOffEveryHoldIsGivenBack() throws Exception {
        AtomicInteger held = new AtomicInteger();
        Counting rule = new Counting(held);
        ScriptedRule last = new ScriptedRule("last", Collections.synchronizedList(new ArrayList<>()));
        Guard guard = Guard.builder("race")
                .requestRules(rule, last)
                .clock(new ManualClock())
                .tickInterval(Duration.ZERO)
                .build();
        Attempt attempt = Attempts.request(guard.client(Attempts.key(1)));
        AtomicInteger turn = new AtomicInteger();
        race(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                int now = turn.incrementAndGet();
                rule.active = now % 3 != 0;
                last.verdict = now % 5 == 0 ? Rejection.of(Reason.CONCURRENCY) : Verdict.pass();
                guard.mode(MODES.get(now % MODES.size()));
                guard.refresh();
                if (guard.tryAdmit(attempt) instanceof Permit permit) {
                    permit.release(Outcome.SUCCESS);
                }
            }
        });
        assertThat(held).hasValue(0);
        assertThat(last.held()).isZero();
        assertThat(guard.counts(Attempt.Kind.REQUEST).active()).isZero();
        assertThat(guard.faults()).isZero();
    }

    @Test
    void ofTwoWhoFindOutAtOnceWhichRulesAreActiveTheOneWhoSawTheNewerStateWins() throws Exception {
        CountDownLatch looked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger held = new AtomicInteger();
        Counting rule = new Counting(held);
        Rule slow = new Rule() {
            @Override
            public String name() {
                return "slow";
            }

            @Override
            public boolean active() {
                if (Thread.currentThread().getName().equals("slow")) {
                    looked.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                    }
                }
                return true;
            }

            @Override
            public Verdict tryAcquire(Attempt attempt, long nowNanos) {
                return Verdict.pass();
            }
        };
        rule.active = false;
        Guard guard = Guard.builder("race")
                .requestRules(rule, slow)
                .clock(new ManualClock())
                .tickInterval(Duration.ZERO)
                .build();
        Thread tick = new Thread(guard::refresh, "slow");
        tick.start();
        looked.await();
        rule.active = true;
        Thread tuner = new Thread(guard::refresh, "tuner");
        tuner.start();
        // The tuner either waits for the tick or has already been overtaken by nobody.
        while (tuner.isAlive() && tuner.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait();
        }
        goOn.countDown();
        tick.join();
        tuner.join();

        guard.tryAdmit(Attempts.request(guard.client(Attempts.key(1))));
        assertThat(held).hasValue(1);
    }

    private static void race(Runnable task) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            List<Future<?>> racers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                racers.add(threads.submit(() -> {
                    start.await();
                    task.run();
                    return null;
                }));
            }
            for (Future<?> racer : racers) {
                racer.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static final class Counting implements Rule {
        private final AtomicInteger held;
        volatile boolean active = true;

        Counting(AtomicInteger held) {
            this.held = held;
        }

        @Override
        public String name() {
            return "counting";
        }

        @Override
        public boolean active() {
            return active;
        }

        @Override
        public Verdict tryAcquire(Attempt attempt, long nowNanos) {
            held.incrementAndGet();
            return Verdict.pass();
        }

        @Override
        public void cancel(Attempt attempt, long nowNanos) {
            held.decrementAndGet();
        }

        @Override
        public void release(Attempt attempt, long admittedAtNanos, long nowNanos, Outcome outcome) {
            held.decrementAndGet();
        }
    }
}
