package io.portguard;

/** Attempts to present to a guard. */
public final class Attempts {

    private Attempts() {}

    public static ClientKey key(int client) {
        return ClientKey.of(IpAddress.ofIpv4(0x0a00_0000 + client));
    }

    public static Attempt request(Client client, Priority priority) {
        return Attempt.request(client, null, priority);
    }

    public static Attempt request(Client client) {
        return request(client, Priority.NORMAL);
    }

    public static Attempt connection(Client client) {
        return Attempt.connection(client, null);
    }
}
