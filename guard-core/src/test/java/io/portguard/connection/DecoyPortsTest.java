package io.portguard.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DecoyPortsTest {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @Test
    void whoConnectsIsToldOfAndClosed() throws IOException {
        DecoyPorts decoys = new DecoyPorts(List.of(0));
        int port = decoys.ports().get(0);
        List<String> visits = new ArrayList<>();
        try (Socket visitor = new Socket(LOOPBACK, port)) {
            while (visits.isEmpty()) {
                decoys.poll((peer, at) -> visits.add(peer.getHostAddress() + " " + at));
            }
            assertThat(visits).containsExactly(LOOPBACK.getHostAddress() + " " + port);
            assertThat(visitor.getInputStream().read()).isEqualTo(-1);
        } finally {
            decoys.close();
        }
        assertThat(decoys.ports()).isEmpty();
    }

    @Test
    void aPortThatIsTakenIsToldAndTheOthersAreOpened() {
        DecoyPorts first = new DecoyPorts(List.of(0));
        int taken = first.ports().get(0);
        DecoyPorts second = new DecoyPorts(List.of(taken, 0));
        try {
            assertThat(second.troubles()).containsOnlyKeys(taken);
            assertThat(second.ports()).hasSize(1).doesNotContain(taken);
        } finally {
            first.close();
            second.close();
        }
    }
}
