package io.portguard.netty;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** Client hellos, as handshake messages without a record around them. */
final class Hellos {

    private static final int HANDSHAKE_HEADER = 4;
    private static final int VERSION_AND_RANDOM = 34;

    private Hellos() {}

    /** The hello of the platform's own client. */
    static byte[] withName(String name) throws Exception {
        SSLEngine client = SSLContext.getDefault().createSSLEngine();
        client.setUseClientMode(true);
        SSLParameters parameters = client.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        client.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
        client.wrap(ByteBuffer.allocate(0), out);
        out.flip().position(5);
        byte[] hello = new byte[out.remaining()];
        out.get(hello);
        return hello;
    }

    /** The same with a second extension for a server name behind the others. */
    static byte[] withNames(String name, String another) throws Exception {
        byte[] hello = withName(name);
        ByteBuffer in = ByteBuffer.wrap(hello);
        int at = HANDSHAKE_HEADER + VERSION_AND_RANDOM;
        at += 1 + hello[at];
        at += 2 + in.getShort(at);
        at += 1 + hello[at];
        byte[] extension = ByteBuffer.allocate(9 + another.length())
                .putShort((short) 0)
                .putShort((short) (5 + another.length()))
                .putShort((short) (3 + another.length()))
                .put((byte) 0)
                .putShort((short) another.length())
                .put(another.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .array();
        in.putShort(at, (short) (in.getShort(at) + extension.length));
        in.putShort(2, (short) (in.getShort(2) + extension.length));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(hello);
        out.writeBytes(extension);
        return out.toByteArray();
    }
}
