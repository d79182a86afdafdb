package io.portguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClientKeyTest {

    /** Halves that networks of both families and of all lengths have in common. */
    private static final long[] HALVES = {0, 1, 0xffff_0a01_0203L, 0xffff_0a01_0204L, 0x2001_0db8_0000_0001L, -1L};

    private static final int[] LENGTHS = {0, 32, 63, 64, 65, 95, 96, 120, 127, 128};

    private record Network(IpAddress first, int length) {}

    @Test
    void keysAreEqualWhereTheNetworksAreHoweverTheyAreHeld() {
        Map<ClientKey, Network> networkOf = new HashMap<>();
        Map<Network, ClientKey> keyOf = new HashMap<>();
        for (IpAddress address : addresses()) {
            for (int length : LENGTHS) {
                Network network = new Network(address.network(length), length);
                ClientKey key = ClientKey.of(address, length);
                assertThat(networkOf.computeIfAbsent(key, first -> network)).isEqualTo(network);
                assertThat(keyOf.computeIfAbsent(network, first -> key)).isEqualTo(key);
            }
        }
        assertThat(networkOf).hasSameSizeAs(keyOf);
    }

    @Test
    void aKeyIsWrittenAsTheNetworkThatItIs() {
        for (IpAddress address : addresses()) {
            for (int length : LENGTHS) {
                IpAddress first = address.network(length);
                int written = first.isIpv4() && length >= 96 ? length - 96 : length;
                assertThat(ClientKey.of(address, length))
                        .hasToString(length == 128 ? first.toString() : first + "/" + written);
            }
        }
    }

    private static List<IpAddress> addresses() {
        List<IpAddress> addresses = new ArrayList<>();
        for (long high : HALVES) {
            for (long low : HALVES) {
                addresses.add(IpAddress.of(high, low));
            }
        }
        return addresses;
    }
}
