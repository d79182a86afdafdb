package io.portguard.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portguard.proc.Proc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sources that look at the process and its container: this very process, and containers that are made up. */
class ProcessSourcesTest {

    private static final int PID = 7;

    @TempDir
    private Path root;

    private Proc container(String line, String type) throws IOException {
        write("7/cgroup", line);
        write("7/mountinfo", "1 2 0:1 / " + root.resolve("group") + " rw - " + type + "\n");
        return Proc.at(root);
    }

    private Proc containerV2() throws IOException {
        return container("0::/\n", "cgroup2 cgroup rw");
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void aCollectionShowsWhatOfTheHeapIsAlive() {
        HeapMemory heap = new HeapMemory();
        byte[][] alive = new byte[64][];
        System.gc();
        double before = heap.sample(0);
        for (int i = 0; i < alive.length; i++) {
            alive[i] = new byte[1 << 20];
        }
        System.gc();
        double with = heap.sample(0);
        assertThat(with - before)
                .isGreaterThan((32L << 20) / (double) Runtime.getRuntime().maxMemory());
        assertThat(with).isLessThan(1);
        assertThat(alive.length).isEqualTo(64);
    }

    @Test
    void theCollectorsShareIsThatOfTheTimeSinceItWasAsked() {
        CollectorOverhead overhead = new CollectorOverhead();
        assertThat(overhead.sample(0)).isZero();
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        double share = overhead.sample(Duration.ofMinutes(1).toNanos());
        assertThat(share).isBetween(1e-6, 0.5);
        // As if all that had been in a millionth of the time.
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        assertThat(overhead.sample(Duration.ofMinutes(1).plusNanos(1_000).toNanos()))
                .isEqualTo(1);
    }

    @Test
    void aDirectBufferIsSeen() {
        DirectMemory direct = new DirectMemory();
        double before = direct.sample(0);
        ByteBuffer buffer = ByteBuffer.allocateDirect(32 << 20);
        assertThat(direct.sample(0) - before)
                .isGreaterThanOrEqualTo(
                        (16L << 20) / (double) Runtime.getRuntime().maxMemory());
        assertThat(buffer.capacity()).isPositive();
    }

    @Test
    void whatTheProcessorsDoIsAFraction() throws IOException {
        assertThat(new ProcessCpu().sample(0))
                .satisfiesAnyOf(
                        load -> assertThat(load).isBetween(0.0, 1.0),
                        load -> assertThat(load).isNaN());
        assertThat(new CpuLoad().sample(0))
                .satisfiesAnyOf(
                        load -> assertThat(load).isBetween(0.0, 1.0),
                        load -> assertThat(load).isNaN());
    }

    @Test
    void aContainersMemoryIsWhatItCannotGiveBack() throws IOException {
        ContainerMemory memory = new ContainerMemory(containerV2(), PID);
        assertThatThrownBy(() -> memory.sample(0)).hasMessage("no control group with a memory limit");
        write("group/memory.current", "900\n");
        write("group/memory.max", "max\n");
        assertThatThrownBy(() -> memory.sample(0)).isInstanceOf(IOException.class);
        write("group/memory.max", "1000\n");
        write("group/memory.stat", "anon 500\ninactive_file 300\n");
        assertThat(memory.sample(0)).isEqualTo(0.6);
    }

    @Test
    void aStallForWantOfMemoryIsAShareOfTime() throws IOException {
        MemoryStall stall = new MemoryStall(containerV2(), PID);
        assertThatThrownBy(() -> stall.sample(0)).hasMessageContaining("version 2");
        write("group/memory.pressure", "some avg10=37.50 avg60=1.00 avg300=0.00 total=7\nfull avg10=9.00 x\n");
        assertThat(stall.sample(0)).isEqualTo(0.375);
        write("group/memory.pressure", "garbage");
        assertThatThrownBy(() -> stall.sample(0)).hasMessageContaining("expected: some avg10=NUMBER");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0::/\n|cgroup2 cgroup rw", "4:cpu,cpuacct:/\n|cgroup cgroup rw,cpu,cpuacct"})
    void throttlingIsTheShareOfPeriodsSinceItWasAsked(String how) throws IOException {
        Proc proc = container(how.substring(0, how.indexOf('|')), how.substring(how.indexOf('|') + 1));
        CpuThrottling throttling = new CpuThrottling(proc, PID);
        assertThatThrownBy(() -> throttling.sample(0)).hasMessage("no control group with a processor quota");
        write("group/cpu.stat", "usage_usec 9\nnr_periods 0\nnr_throttled 0\n");
        assertThatThrownBy(() -> throttling.sample(0)).isInstanceOf(IOException.class);
        write("group/cpu.stat", "usage_usec 9\nnr_periods 100\nnr_throttled 50\n");
        assertThat(throttling.sample(0)).as("nobody knows since when").isZero();
        write("group/cpu.stat", "usage_usec 9\nnr_periods 120\nnr_throttled 55\n");
        assertThat(throttling.sample(0)).isEqualTo(0.25);
        assertThat(throttling.sample(0)).as("it has not run").isZero();
    }

    @Test
    void whateverStandsInTheFilesItIsAFractionOrASentence() throws IOException {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        Proc proc = containerV2();
        String[] seeds = {
            "nr_periods 100\nnr_throttled 50\n", "some avg10=1.00 avg60=2 x\n", "max\n", "1000\n", "inactive_file 1\n"
        };
        String[] files = {"cpu.stat", "memory.pressure", "memory.max", "memory.current", "memory.stat"};
        for (int round = 0; round < 300; round++) {
            for (String file : files) {
                StringBuilder text = new StringBuilder(seeds[random.nextInt(seeds.length)]);
                for (int change = random.nextInt(4); change > 0; change--) {
                    text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(1, 256));
                }
                write("group/" + file, text.toString());
            }
            for (PressureSource source : new PressureSource[] {
                new CpuThrottling(proc, PID), new MemoryStall(proc, PID), new ContainerMemory(proc, PID)
            }) {
                try {
                    source.sample(0);
                    source.sample(0);
                } catch (IOException told) {
                    assertThat(told.getMessage())
                            .as("seed %d, round %d", seed, round)
                            .isNotBlank();
                } catch (Exception other) {
                    throw new AssertionError("seed " + seed + ", round " + round + ", " + source.name(), other);
                }
            }
        }
    }
}
