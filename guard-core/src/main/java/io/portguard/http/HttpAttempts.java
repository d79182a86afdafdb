package io.portguard.http;

import io.portguard.Attempt;
import io.portguard.Client;
import io.portguard.ClientDirectory;
import io.portguard.ClientKey;
import io.portguard.IpAddress;
import io.portguard.Priority;
import io.portguard.SocketEnds;
import io.portguard.client.ClientIdentity;
import io.portguard.client.ProbePeers;
import io.portguard.client.UntrustedProxy;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Turns connections and HTTP requests into attempts. Thread-safe. */
public final class HttpAttempts {

    /** One request in so many is looked at for a proxy that is not trusted; of a connection, the first among them. */
    private static final int SAMPLE = 32;

    private final ClientDirectory clients;
    private final ClientIdentity identity;
    private final RequestClassifier classifier;
    private final UntrustedProxy untrustedProxy = new UntrustedProxy();
    private final ProbePeers probePeers = new ProbePeers();

    public HttpAttempts(ClientDirectory clients, ClientIdentity identity, RequestClassifier classifier) {
        this.clients = clients;
        this.identity = identity;
        this.classifier = classifier;
    }

    /** The peer that looks like a proxy and is not trusted; null while there is none. */
    public @Nullable IpAddress untrustedProxy() {
        return untrustedProxy.found();
    }

    /** Where exempt requests have come from, health probes as a rule: the first few addresses. */
    public Set<IpAddress> probePeers() {
        return probePeers.all();
    }

    /**
     * Whether an admitted request is to give its permit back with the first byte of its answer, and not at its end; for
     * adapters to ask once, when it has been admitted.
     */
    public boolean isStream(HttpRequestView request) {
        return classifier.isStream(request);
    }

    /** The attempts of one connection, to be kept for as long as it is open. */
    public OfConnection ofConnection(@Nullable IpAddress peer) {
        return ofConnection(peer, null);
    }

    /** The same, with what records of them are to name. */
    public OfConnection ofConnection(@Nullable IpAddress peer, @Nullable SocketEnds ends) {
        return new OfConnection(peer, ends);
    }

    /** The attempt of a request, for an adapter that keeps nothing on the connection. */
    public Attempt ofRequest(@Nullable IpAddress peer, HttpRequestView request) {
        return ofRequest(peer, request, null, Priority.NORMAL);
    }

    /** Whether clients are told by principals, so that who makes a request may be known only after it was admitted. */
    public boolean areIdentifiedLater() {
        return identity.isByPrincipal();
    }

    /**
     * A request that was admitted by its address as that of the principal who turns out to make it.
     *
     * @return null when nothing is to be decided anew: clients are not told by principals, the request is known to be this
     *     one's, or the name is nobody's
     */
    public @Nullable Attempt identified(Attempt request, String principal) {
        ClientKey key = identity.isByPrincipal() ? identity.keyOfName(principal) : null;
        return key == null || key.equals(request.client().key()) ? null : request.of(clients.client(key));
    }

    private Attempt ofRequest(
            @Nullable IpAddress peer, HttpRequestView request, @Nullable SocketEnds ends, Priority otherwise) {
        if (peer != null
                && !identity.isTrusted(peer)
                && ThreadLocalRandom.current().nextInt(SAMPLE) == 0) {
            untrustedProxy.seen(peer, request);
        }
        IpAddress address = identity.address(peer, request);
        Client client = clients.client(identity.key(peer, address, request));
        Priority priority = classifier.priority(request, identity.isTrusted(address), otherwise);
        Attempt attempt = Attempt.request(client, address, priority).on(ends);
        if (!classifier.isExempt(request)) {
            return attempt;
        }
        probePeers.seen(peer);
        return attempt.exempted();
    }

    /**
     * What is known of one connection. While its client is told by the peer's address alone, a request's
     * attempt is looked up nowhere and allocates nothing. To be used by one thread at a time.
     */
    public final class OfConnection {

        private static final int EXEMPT = 4;

        private final @Nullable IpAddress peer;
        private final @Nullable SocketEnds ends;
        private final Client peerClient;
        private final boolean ofOneClient;
        private final @Nullable Attempt[] kept;
        private int requests;
        private Priority otherwise = Priority.NORMAL;

        private OfConnection(@Nullable IpAddress peer, @Nullable SocketEnds ends) {
            this.peer = peer;
            this.ends = ends;
            this.peerClient = clients.client(identity.key(peer));
            this.ofOneClient = identity.isFixedFor(peer);
            this.kept = new @Nullable Attempt[EXEMPT + 1];
        }

        /** The attempt to open the connection. */
        public Attempt connection() {
            Attempt attempt =
                    isOfProxy() ? Attempt.connectionOfProxy(peerClient, peer) : Attempt.connection(peerClient, peer);
            return attempt.on(ends);
        }

        /** The attempt to begin a TLS handshake on it. */
        public Attempt handshake() {
            return Attempt.handshake(peerClient, peer, otherwise).on(ends);
        }

        /** Gives this priority to its requests that no rule is for, and to its handshake. */
        public void otherwise(Priority priority) {
            otherwise = priority;
        }

        /** Whether every request on the connection is from the same client, as it is without a proxy between. */
        public boolean isOfOneClient() {
            return ofOneClient;
        }

        /** Whether requests of many clients come on the connection, because its peer is a trusted proxy. */
        public boolean isOfProxy() {
            return identity.isTrusted(peer);
        }

        public Attempt request(HttpRequestView request) {
            if (!ofOneClient) {
                return ofRequest(peer, request, ends, otherwise);
            }
            if (peer != null && requests++ % SAMPLE == 0) {
                untrustedProxy.seen(peer, request);
            }
            Priority priority = classifier.priority(request, false, otherwise);
            boolean exempt = classifier.isExempt(request);
            return exempt ? kept(EXEMPT, priority) : work(priority);
        }

        /** The same where several requests are decided at a time. */
        public Attempt concurrent(HttpRequestView request) {
            return ofRequest(peer, request, ends, Priority.NORMAL);
        }

        /** The attempt of a unit of work that is no HTTP request and says nothing of who it is from. */
        public Attempt work(Priority priority) {
            return kept(priority.ordinal(), priority);
        }

        private Attempt kept(int index, Priority priority) {
            Attempt attempt = kept[index];
            if (attempt == null) {
                attempt = Attempt.request(peerClient, peer, priority).on(ends);
                if (index == EXEMPT) {
                    probePeers.seen(peer);
                    attempt = attempt.exempted();
                }
                kept[index] = attempt;
            }
            return attempt;
        }
    }
}
