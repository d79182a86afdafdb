package io.portguard.wire;

import io.portguard.IpAddress;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The binary header that version 2 of the PROXY protocol is. */
final class ProxyPreambleV2 {

    /*
     *    0  signature, 12 bytes
     *   12  version 2 in the upper half, command in the lower: 0 LOCAL, 1 PROXY
     *   13  address family in the upper half, transport in the lower
     *   14  length of all that follows, 2 bytes
     *   16  addresses, of a length that the family says; then vectors of type (1 byte), length (2) and value
     */

    private static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    private static final int HEADER_LENGTH = 16;

    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;

    private static final int UNSPECIFIED = 0x00;
    private static final int IPV4 = 0x1;
    private static final int IPV6 = 0x2;
    private static final int UNIX = 0x3;

    private static final int TYPE_CRC32C = 0x03;
    private static final byte[] NO_CHECKSUM = new byte[4];

    private ProxyPreambleV2() {}

    static ProxyPreamble read(ByteBuffer in) {
        ProxyPreamble undecided = ProxyPreamble.beginning(in, SIGNATURE);
        if (undecided != null) {
            return undecided;
        }
        int start = in.position();
        int there = in.remaining();
        int command = there > 12 ? in.get(start + 12) & 0xff : LOCAL;
        int family = there > 13 ? in.get(start + 13) & 0xff : UNSPECIFIED;
        if (command != LOCAL && (command != PROXY || !isKnown(family))) {
            return ProxyPreamble.MALFORMED;
        }
        if (there < HEADER_LENGTH) {
            return ProxyPreamble.INCOMPLETE;
        }
        int length = HEADER_LENGTH + (in.getShort(start + 14) & 0xffff);
        boolean unspecified = command == LOCAL || family == UNSPECIFIED;
        int addresses = unspecified ? 0 : lengthOfAddresses(family >> 4);
        if (length > ProxyPreamble.MAX_LENGTH || length < HEADER_LENGTH + addresses) {
            return ProxyPreamble.MALFORMED;
        }
        if (there < length) {
            return ProxyPreamble.INCOMPLETE;
        }
        if (unspecified) {
            // Whatever follows is to be skipped, and nothing of it is believed.
            return ProxyPreamble.local(length);
        }
        if (!areVectorsSound(in, start, HEADER_LENGTH + addresses, length)) {
            return ProxyPreamble.MALFORMED;
        }
        int at = start + HEADER_LENGTH;
        return switch (family >> 4) {
            case IPV4 -> ProxyPreamble.proxied(length, IpAddress.ofIpv4(in.getInt(at)), in.getShort(at + 8) & 0xffff);
            case IPV6 ->
                ProxyPreamble.proxied(
                        length, IpAddress.of(in.getLong(at), in.getLong(at + 8)), in.getShort(at + 32) & 0xffff);
            default -> ProxyPreamble.local(length);
        };
    }

    /** Unspecified, or IPv4, IPv6 or Unix together with a stream or datagrams; all else must be turned down. */
    private static boolean isKnown(int family) {
        int transport = family & 0xf;
        return family == UNSPECIFIED
                || (family >> 4 >= IPV4 && family >> 4 <= UNIX && (transport == 1 || transport == 2));
    }

    private static int lengthOfAddresses(int family) {
        return family == IPV4 ? 12 : family == IPV6 ? 36 : 216;
    }

    /** Whether the vectors end where the header does, and a checksum among them is that of the header. */
    private static boolean areVectorsSound(ByteBuffer in, int start, int from, int length) {
        int at = from;
        while (at + 3 <= length) {
            int type = in.get(start + at);
            int size = in.getShort(start + at + 1) & 0xffff;
            if (at + 3 + size > length
                    || (type == TYPE_CRC32C && (size != 4 || !isChecksum(in, start, at + 3, length)))) {
                return false;
            }
            at += 3 + size;
        }
        return at == length;
    }

    /** Whether the four bytes there are the checksum of the header in which they are zero. */
    private static boolean isChecksum(ByteBuffer in, int start, int at, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(in.slice(start, at));
        checksum.update(NO_CHECKSUM);
        checksum.update(in.slice(start + at + 4, length - at - 4));
        return (int) checksum.getValue() == in.getInt(start + at);
    }
}
