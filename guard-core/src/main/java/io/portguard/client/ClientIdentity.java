package io.portguard.client;

import io.portguard.ClientKey;
import io.portguard.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Decides who a client is. Safe by default: the peer's own address counts, and what a request says of itself
 * is believed only when the peer is a trusted proxy. Immutable.
 *
 * @param identifyBy what clients are told by; a request without it is told by its address
 * @param ipv4PrefixLength how many bits of an IPv4 address make a client, 0 to 32
 * @param ipv6PrefixLength how many bits of an IPv6 address make a client, 0 to 128
 * @param trustedProxies whose forwarded headers are believed
 */
public record ClientIdentity(
        IdentifyBy identifyBy, int ipv4PrefixLength, int ipv6PrefixLength, AddressRanges trustedProxies) {

    /** A longer name is nobody's; such a request is told by its address. */
    private static final int MAX_NAME_LENGTH = 256;

    private static final IpAddress NOWHERE = IpAddress.of(0, 0);

    /** Whether every request on a connection from this peer is from the same client. */
    public boolean isFixedFor(@Nullable IpAddress peer) {
        return identifyBy.source() == IdentifyBy.Source.ADDRESS && !isTrusted(peer);
    }

    /** Whether this is the address of a trusted proxy. */
    public boolean isTrusted(@Nullable IpAddress address) {
        return address != null && trustedProxies.contains(address);
    }

    /**
     * The address that a request came from: the peer's, or, when that is a trusted proxy, the right-most hop
     * in {@code Forwarded} or {@code X-Forwarded-For} that is none. A malformed header leaves the peer, and so do two
     * headers that name different hops.
     */
    public @Nullable IpAddress address(@Nullable IpAddress peer, RequestOrigin request) {
        if (!isTrusted(peer)) {
            return peer;
        }
        IpAddress byForwarded = hop(request.header("Forwarded"), true);
        IpAddress byX = hop(request.header("X-Forwarded-For"), false);
        if (byForwarded != null && byX != null) {
            // A proxy writes one of them and may pass on the other as the client sent it; which, cannot be told.
            return byForwarded.equals(byX) ? byX : peer;
        }
        return byForwarded != null ? byForwarded : byX != null ? byX : peer;
    }

    private @Nullable IpAddress hop(@Nullable String chain, boolean rfc7239) {
        return chain == null ? null : ForwardedHeader.rightmostUntrusted(chain, rfc7239, trustedProxies);
    }

    /** The client behind a request that came from this address. */
    public ClientKey key(@Nullable IpAddress address, RequestOrigin request) {
        String name = null;
        if (identifyBy.source() == IdentifyBy.Source.PRINCIPAL) {
            name = request.principal();
        } else if (identifyBy.header() != null) {
            name = request.header(identifyBy.header());
        }
        return name == null || name.isEmpty() || name.length() > MAX_NAME_LENGTH ? key(address) : ClientKey.named(name);
    }

    /** The client at an address; all that have none (a Unix domain socket) are one. */
    public ClientKey key(@Nullable IpAddress address) {
        if (address == null) {
            return ClientKey.of(NOWHERE, 0);
        }
        return ClientKey.of(address, address.isIpv4() ? 96 + ipv4PrefixLength : ipv6PrefixLength);
    }
}
