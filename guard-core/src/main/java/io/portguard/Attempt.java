package io.portguard;

import org.jspecify.annotations.Nullable;

/**
 * One connection or request that asks to be admitted: who it is from and how much it matters. Immutable, and
 * free of anything that belongs to one try alone, so that an adapter may keep it on a connection and present
 * it again for every request.
 */
public final class Attempt {

    /** What asks to be admitted; each kind has its own rules. */
    public enum Kind {
        CONNECTION,
        REQUEST
    }

    private final Kind kind;
    private final Priority priority;
    private final boolean exempt;
    private final Client client;
    private final @Nullable IpAddress address;

    private Attempt(Kind kind, Priority priority, boolean exempt, Client client, @Nullable IpAddress address) {
        this.kind = kind;
        this.priority = priority;
        this.exempt = exempt;
        this.client = client;
        this.address = address;
    }

    /**
     * A new connection.
     *
     * @param address of the peer; null when there is none, as on a Unix domain socket
     */
    public static Attempt connection(Client client, @Nullable IpAddress address) {
        return new Attempt(Kind.CONNECTION, Priority.NORMAL, false, client, address);
    }

    /**
     * A request.
     *
     * @param address that the request came from, behind trusted proxies if there are any; null when there is none
     */
    public static Attempt request(Client client, @Nullable IpAddress address, Priority priority) {
        return new Attempt(Kind.REQUEST, priority, false, client, address);
    }

    /** The same attempt, counted and never refused: a health probe. */
    public Attempt exempted() {
        return new Attempt(kind, priority, true, client, address);
    }

    public Kind kind() {
        return kind;
    }

    public Priority priority() {
        return priority;
    }

    /** Whether the attempt is admitted without a rule being asked. */
    public boolean exempt() {
        return exempt;
    }

    public Client client() {
        return client;
    }

    /** The address that address rules look at; null when there is none. */
    public @Nullable IpAddress address() {
        return address;
    }

    @Override
    public String toString() {
        return kind + " of " + client.key() + ", " + priority + (exempt ? ", exempt" : "");
    }
}
