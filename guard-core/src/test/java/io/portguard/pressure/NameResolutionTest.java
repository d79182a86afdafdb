package io.portguard.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.ManualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

class NameResolutionTest {

    private final ManualClock clock = new ManualClock();

    private double sample(String... names) throws IOException {
        return new NameResolution(List.of(names), clock, this::resolve).sample(0);
    }

    /** {@code 500} takes half a second; {@code none} is not known. */
    private InetAddress[] resolve(String name) throws UnknownHostException {
        if (name.equals("none")) {
            throw new UnknownHostException(name);
        }
        clock.advanceMillis(Long.parseLong(name));
        return new InetAddress[0];
    }

    @Test
    void theSlowestNameCounts() throws IOException {
        assertThat(sample("0", "500", "100")).isEqualTo(0.25);
        assertThat(sample("9000")).isOne();
        assertThat(sample()).isZero();
    }

    @Test
    void aNameThatIsNotKnownIsAsBadAsCanBe() throws IOException {
        assertThat(sample("0", "none")).isOne();
    }

    @Test
    void theSystemsResolverIsAsked() throws IOException {
        NameResolution system = new NameResolution(List.of("localhost"), System::nanoTime);
        assertThat(system.sample(0)).isLessThan(1);
    }
}
