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
        /** The TLS handshake of a connection. */
        HANDSHAKE,
        REQUEST
    }

    private final Kind kind;
    private final Priority priority;
    private final boolean exempt;
    private final boolean ofProxy;
    private final Client client;
    private final @Nullable IpAddress address;
    private final @Nullable SocketEnds ends;

    private Attempt(
            Kind kind,
            Priority priority,
            boolean exempt,
            boolean ofProxy,
            Client client,
            @Nullable IpAddress address,
            @Nullable SocketEnds ends) {
        this.kind = kind;
        this.priority = priority;
        this.exempt = exempt;
        this.ofProxy = ofProxy;
        this.client = client;
        this.address = address;
        this.ends = ends;
    }

    /**
     * A new connection.
     *
     * @param address of the peer; null when there is none, as on a Unix domain socket
     */
    public static Attempt connection(Client client, @Nullable IpAddress address) {
        return new Attempt(Kind.CONNECTION, Priority.NORMAL, false, false, client, address, null);
    }

    /**
     * A new connection from a proxy that speaks for others: whose it is may become known later, see {@link
     * Guard#identify}. No rule about clients is asked for it.
     *
     * @param proxy what is known of the proxy itself
     */
    public static Attempt connectionOfProxy(Client proxy, @Nullable IpAddress address) {
        return new Attempt(Kind.CONNECTION, Priority.NORMAL, false, true, proxy, address, null);
    }

    /** A TLS handshake on a connection that was admitted; the parameters as for {@link #request}. */
    public static Attempt handshake(Client client, @Nullable IpAddress address, Priority priority) {
        return new Attempt(Kind.HANDSHAKE, priority, false, false, client, address, null);
    }

    /**
     * A request.
     *
     * @param address that the request came from, behind trusted proxies if there are any; null when there is none
     */
    public static Attempt request(Client client, @Nullable IpAddress address, Priority priority) {
        return new Attempt(Kind.REQUEST, priority, false, false, client, address, null);
    }

    /** The same attempt, counted and never refused: a health probe. */
    public Attempt exempted() {
        return new Attempt(kind, priority, true, ofProxy, client, address, ends);
    }

    /** The same attempt on this connection, which records of it are to name. */
    public Attempt on(@Nullable SocketEnds connection) {
        return connection == ends ? this : new Attempt(kind, priority, exempt, ofProxy, client, address, connection);
    }

    /** The same attempt as that of a client that has become known since. */
    public Attempt of(Client known) {
        return new Attempt(kind, priority, exempt, ofProxy, known, address, ends);
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

    /** Whether the client is a proxy that speaks for others, who are not known yet. */
    public boolean ofProxy() {
        return ofProxy;
    }

    public Client client() {
        return client;
    }

    /** The address that address rules look at; null when there is none. */
    public @Nullable IpAddress address() {
        return address;
    }

    /** The connection that it is made on; null when that is not known. */
    public @Nullable SocketEnds ends() {
        return ends;
    }

    @Override
    public String toString() {
        return kind + " of " + client.key() + ", " + priority + (exempt ? ", exempt" : "");
    }
}
