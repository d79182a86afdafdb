package io.portguard.http;

import io.portguard.Attempt;
import io.portguard.Client;
import io.portguard.ClientDirectory;
import io.portguard.IpAddress;
import io.portguard.Priority;
import io.portguard.client.ClientIdentity;
import org.jspecify.annotations.Nullable;

/** Turns connections and HTTP requests into attempts. Thread-safe. */
public final class HttpAttempts {

    private final ClientDirectory clients;
    private final ClientIdentity identity;
    private final RequestClassifier classifier;

    public HttpAttempts(ClientDirectory clients, ClientIdentity identity, RequestClassifier classifier) {
        this.clients = clients;
        this.identity = identity;
        this.classifier = classifier;
    }

    /** The attempts of one connection, to be kept for as long as it is open. */
    public OfConnection ofConnection(@Nullable IpAddress peer) {
        return new OfConnection(peer);
    }

    /** The attempt of a request, for an adapter that keeps nothing on the connection. */
    public Attempt ofRequest(@Nullable IpAddress peer, HttpRequestView request) {
        IpAddress address = identity.address(peer, request);
        Client client = clients.client(identity.key(address, request));
        Attempt attempt = Attempt.request(client, address, classifier.priority(request, identity.isTrusted(address)));
        return classifier.isExempt(request) ? attempt.exempted() : attempt;
    }

    /**
     * What is known of one connection. While its client is told by the peer's address alone, a request's
     * attempt is looked up nowhere and allocates nothing. To be used by one thread at a time.
     */
    public final class OfConnection {

        private static final int EXEMPT = 4;

        private final @Nullable IpAddress peer;
        private final Client peerClient;
        private final @Nullable Attempt[] kept;

        private OfConnection(@Nullable IpAddress peer) {
            this.peer = peer;
            this.peerClient = clients.client(identity.key(peer));
            this.kept = new @Nullable Attempt[EXEMPT + 1];
        }

        /** The attempt to open the connection. */
        public Attempt connection() {
            return identity.isTrusted(peer)
                    ? Attempt.connectionOfProxy(peerClient, peer)
                    : Attempt.connection(peerClient, peer);
        }

        /** Whether every request on the connection is from the same client, as it is without a proxy between. */
        public boolean isOfOneClient() {
            return identity.isFixedFor(peer);
        }

        /** Whether requests of many clients come on the connection, because its peer is a trusted proxy. */
        public boolean isOfProxy() {
            return identity.isTrusted(peer);
        }

        public Attempt request(HttpRequestView request) {
            if (!identity.isFixedFor(peer)) {
                return ofRequest(peer, request);
            }
            Priority priority = classifier.priority(request, false);
            boolean exempt = classifier.isExempt(request);
            return exempt ? kept(EXEMPT, priority) : work(priority);
        }

        /** The attempt of a unit of work that is no HTTP request and says nothing of who it is from. */
        public Attempt work(Priority priority) {
            return kept(priority.ordinal(), priority);
        }

        private Attempt kept(int index, Priority priority) {
            Attempt attempt = kept[index];
            if (attempt == null) {
                attempt = Attempt.request(peerClient, peer, priority);
                attempt = index == EXEMPT ? attempt.exempted() : attempt;
                kept[index] = attempt;
            }
            return attempt;
        }
    }
}
