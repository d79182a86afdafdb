package io.portguard.doctor;

import io.portguard.IpAddress;

/**
 * A listening socket. Immutable.
 *
 * @param address all zero for every address
 * @param port 1 to 65535
 * @param ipv6 whether it is a socket of IPv6, which on every address takes IPv4 connections too as a rule
 * @param waiting connections that wait to be accepted
 * @param inode its number
 * @param uid the user that made it
 */
record Listener(IpAddress address, int port, boolean ipv6, long waiting, long inode, long uid) {

    boolean isLoopback() {
        return address.toInetAddress().isLoopbackAddress();
    }

    @Override
    public String toString() {
        boolean every = address.toInetAddress().isAnyLocalAddress();
        String host = every ? ipv6 ? "[::]" : "0.0.0.0" : address.isIpv4() ? address.toString() : "[" + address + "]";
        return host + ":" + port;
    }
}
