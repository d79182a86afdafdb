package io.portguard.benchmarks.load;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Clients that behave alike, each with a source address of its own out of {@code 127.0.0.0/8}.
 *
 * @param name what the results of these clients are counted under, such as {@code polite}
 * @param firstAddress the source address of the first client, such as {@code 127.1.0.1}; the others follow it
 * @param clients how many clients there are
 * @param maxConnectionsPerClient how many connections one client may have open at a time; a request that finds
 *     all of them taken waits in the client's own queue
 * @param targets where the requests go
 */
public record ClientGroup(
        String name, String firstAddress, int clients, int maxConnectionsPerClient, List<Target> targets) {

    public ClientGroup {
        targets = List.copyOf(targets);
        if (clients < 1) {
            throw new IllegalArgumentException("clients of " + name + ": " + clients + " (expected: >= 1)");
        }
        if (maxConnectionsPerClient < 1) {
            throw new IllegalArgumentException(
                    "maxConnectionsPerClient of " + name + ": " + maxConnectionsPerClient + " (expected: >= 1)");
        }
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("targets of " + name + ": none (expected: at least one)");
        }
        // Load is for this machine alone: the generator cannot be pointed elsewhere.
        if (!firstAddress.matches("127(\\.\\d{1,3}){3}")) {
            throw new IllegalArgumentException(
                    "firstAddress of " + name + ": " + firstAddress + " (expected: an address in 127.0.0.0/8)");
        }
    }

    /** Returns the source address of a client, numbered from 0. */
    public InetAddress address(int client) {
        try {
            byte[] bytes = InetAddress.getByName(firstAddress).getAddress();
            int host = ((bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff)) + client;
            return InetAddress.getByAddress(
                    new byte[] {bytes[0], (byte) (host >>> 16), (byte) (host >>> 8), (byte) host});
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "firstAddress of " + name + ": " + firstAddress + " (expected: an address in 127.0.0.0/8)", e);
        }
    }
}
