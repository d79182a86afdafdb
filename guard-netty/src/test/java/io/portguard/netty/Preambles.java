package io.portguard.netty;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Preambles of the PROXY protocol as a proxy writes them. */
final class Preambles {

    static final String LOCAL = new String(v2(0x20, new byte[0]), StandardCharsets.ISO_8859_1);

    private Preambles() {}

    static String v1(String client) {
        return "PROXY TCP4 " + client + " 127.0.0.1 4711 443\r\n";
    }

    /** Of version 2, each character a byte. */
    static String v2(int... client) {
        byte[] addresses = new byte[12];
        for (int i = 0; i < 4; i++) {
            addresses[i] = (byte) client[i];
        }
        addresses[8] = 0x12;
        addresses[9] = 0x67;
        return new String(v2(0x21, addresses), StandardCharsets.ISO_8859_1);
    }

    private static byte[] v2(int command, byte[] addresses) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a});
        out.write(command);
        out.write(addresses.length == 0 ? 0 : 0x11);
        out.write(0);
        out.write(addresses.length);
        out.writeBytes(addresses);
        return out.toByteArray();
    }
}
