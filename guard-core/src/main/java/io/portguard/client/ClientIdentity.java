package io.portguard.client;

import io.portguard.ClientKey;
import io.portguard.IpAddress;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Decides who a client is. Safe by default: the peer's own address counts, and what a request says of itself
 * is believed only when the peer is a trusted proxy. Thread-safe; what it decides by does not change.
 */
public final class ClientIdentity {

    /** A longer name is nobody's; such a request is told by its address. */
    private static final int MAX_NAME_LENGTH = 256;

    private static final IpAddress NOWHERE = IpAddress.of(0, 0);

    private final IdentifyBy identifyBy;
    private final int ipv4PrefixLength;
    private final int ipv6PrefixLength;
    private final AddressRanges trustedProxies;
    private final LongAdder disbelieved = new LongAdder();

    /**
     * An identity.
     *
     * @param identifyBy what clients are told by; a request without it is told by its address
     * @param ipv4PrefixLength how many bits of an IPv4 address make a client, 0 to 32
     * @param ipv6PrefixLength how many bits of an IPv6 address make a client, 0 to 128
     * @param trustedProxies whose headers are believed
     */
    public ClientIdentity(
            IdentifyBy identifyBy, int ipv4PrefixLength, int ipv6PrefixLength, AddressRanges trustedProxies) {
        this.identifyBy = identifyBy;
        this.ipv4PrefixLength = ipv4PrefixLength;
        this.ipv6PrefixLength = ipv6PrefixLength;
        this.trustedProxies = trustedProxies;
    }

    public AddressRanges trustedProxies() {
        return trustedProxies;
    }

    /** How many headers of trusted proxies were not believed: malformed, too long, or at odds with each other. */
    public long disbelieved() {
        return disbelieved.sum();
    }

    /**
     * Whether any peer can pick its own identity: clients are told by a header, and no trusted proxy is named that
     * alone may set it.
     */
    public boolean isForgeable() {
        return identifyBy.header() != null && trustedProxies.isEmpty();
    }

    /** Whether every request on a connection from this peer is from the same client. */
    public boolean isFixedFor(@Nullable IpAddress peer) {
        return switch (identifyBy.source()) {
            case ADDRESS -> !isTrusted(peer);
            case HEADER -> !isHeaderBelievedOf(peer);
            case PRINCIPAL, CERTIFICATE -> false;
        };
    }

    /** Whether clients are told by principals, which may become known only after the address has been judged. */
    public boolean isByPrincipal() {
        return identifyBy.source() == IdentifyBy.Source.PRINCIPAL;
    }

    /** The client of this name; null when it is nobody's, being empty or longer than 256 characters. */
    public @Nullable ClientKey keyOfName(String name) {
        if (name.isEmpty()) {
            return null;
        }
        if (name.length() > MAX_NAME_LENGTH) {
            disbelieved.increment();
            return null;
        }
        return ClientKey.named(name);
    }

    /** Whether this is the address of a trusted proxy. */
    public boolean isTrusted(@Nullable IpAddress address) {
        return address != null && trustedProxies.contains(address);
    }

    /** With no proxy named, whoever configured the header has said that only those who may set it reach the port. */
    private boolean isHeaderBelievedOf(@Nullable IpAddress peer) {
        return trustedProxies.isEmpty() || isTrusted(peer);
    }

    /**
     * The address that a request came from: the peer's, or, when that is a trusted proxy, the right-most hop
     * in {@code Forwarded} or {@code X-Forwarded-For} that is none. A malformed header leaves the peer, and so do two
     * headers that name different hops.
     */
    public @Nullable IpAddress address(@Nullable IpAddress peer, RequestOrigin request) {
        if (peer == null || !isTrusted(peer)) {
            return peer;
        }
        String forwarded = request.header("Forwarded");
        String x = request.header("X-Forwarded-For");
        IpAddress hopOfForwarded = hop(forwarded, true);
        IpAddress hopOfX = hop(x, false);
        boolean misread = (forwarded != null && hopOfForwarded == null) || (x != null && hopOfX == null);
        // One that names the proxy itself says nothing: where nothing was forwarded, a servlet container shows its
        // peer.
        IpAddress byForwarded = peer.equals(hopOfForwarded) ? null : hopOfForwarded;
        IpAddress byX = peer.equals(hopOfX) ? null : hopOfX;
        // A proxy writes one of them and may pass on the other as the client sent it; which, cannot be told.
        boolean atOdds = byForwarded != null && byX != null && !byForwarded.equals(byX);
        // Nor is the other believed when one is misread: a client can make the one that its proxy writes too long.
        if (misread || atOdds) {
            disbelieved.increment();
            return peer;
        }
        return byForwarded != null ? byForwarded : byX != null ? byX : peer;
    }

    private @Nullable IpAddress hop(@Nullable String chain, boolean rfc7239) {
        return chain == null ? null : ForwardedHeader.rightmostUntrusted(chain, rfc7239, trustedProxies);
    }

    /**
     * The client behind a request.
     *
     * @param peer that sent it
     * @param address that it came from, see {@link #address}
     */
    public ClientKey key(@Nullable IpAddress peer, @Nullable IpAddress address, RequestOrigin request) {
        String name = switch (identifyBy.source()) {
            case ADDRESS -> null;
            case HEADER -> isHeaderBelievedOf(peer) ? header(request) : null;
            case PRINCIPAL -> request.principal();
            // A proxy's certificate is its own, whoever it speaks for.
            case CERTIFICATE -> isTrusted(peer) ? null : request.certificate();
        };
        ClientKey named = name == null ? null : keyOfName(name);
        return named == null ? key(address) : named;
    }

    private @Nullable String header(RequestOrigin request) {
        String header = identifyBy.header();
        return header == null ? null : request.header(header);
    }

    /**
     * The client that a person means.
     *
     * @param text an address, a network that is one client, or a client's name
     * @throws IllegalArgumentException when it is none of them, or a name where clients are told by addresses alone
     */
    public ClientKey keyOf(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("client: \"\" (expected: an address or a client's name)");
        }
        Optional<AddressRange> range = AddressRange.parse(text);
        if (range.isEmpty() && identifyBy.source() == IdentifyBy.Source.ADDRESS) {
            throw new IllegalArgumentException(
                    "client: \"" + text + "\" (expected: an address, or a network that is one client)");
        }
        if (range.isEmpty()) {
            return ClientKey.named(text);
        }
        ClientKey client = key(range.get().first());
        if (!client.equals(key(range.get().last()))) {
            throw new IllegalArgumentException("client: \"" + text
                    + "\" (expected: an address, a network that is one client, or a client's name)");
        }
        return client;
    }

    /** The client at an address; all that have none (a Unix domain socket) are one. */
    public ClientKey key(@Nullable IpAddress address) {
        if (address == null) {
            return ClientKey.of(NOWHERE, 0);
        }
        return ClientKey.of(address, address.isIpv4() ? 96 + ipv4PrefixLength : ipv6PrefixLength);
    }
}
