package io.portguard.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

class ClientHelloTest {

    /** The hello that the platform's own client sends, without its record and handshake headers. */
    private static byte[] ofPlatform(String serverName) throws NoSuchAlgorithmException, SSLException {
        SSLEngine client = SSLContext.getDefault().createSSLEngine();
        client.setUseClientMode(true);
        if (serverName != null) {
            SSLParameters parameters = client.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
            client.setSSLParameters(parameters);
        }
        ByteBuffer out = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
        client.wrap(ByteBuffer.allocate(0), out);
        out.flip().position(9);
        byte[] body = new byte[out.remaining()];
        out.get(body);
        return body;
    }

    private static ClientHello read(byte[] body) {
        return ClientHello.read(ByteBuffer.wrap(body));
    }

    private static byte[] hello(byte[]... extensions) {
        int length = 0;
        for (byte[] extension : extensions) {
            length += extension.length;
        }
        ByteBuffer body = ByteBuffer.allocate(34 + 1 + 4 + 2 + 2 + length)
                .putShort((short) 0x0303)
                .put(new byte[32])
                .put((byte) 0)
                .putShort((short) 2)
                .putShort((short) 0x1301)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) length);
        for (byte[] extension : extensions) {
            body.put(extension);
        }
        return body.array();
    }

    private static byte[] extension(int type, byte... data) {
        return ByteBuffer.allocate(4 + data.length)
                .putShort((short) type)
                .putShort((short) data.length)
                .put(data)
                .array();
    }

    private static byte[] name(int type, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(3 + bytes.length)
                .put((byte) type)
                .putShort((short) bytes.length)
                .put(bytes)
                .array();
    }

    private static byte[] serverName(byte[]... names) {
        int length = 0;
        for (byte[] name : names) {
            length += name.length;
        }
        ByteBuffer list = ByteBuffer.allocate(2 + length).putShort((short) length);
        for (byte[] name : names) {
            list.put(name);
        }
        return extension(0, list.array());
    }

    private static byte[] serverName(String name) {
        return serverName(name(0, name));
    }

    @Test
    void theNameIsReadFromThePlatformsHello() throws Exception {
        assertThat(read(ofPlatform("api.example.com"))).isEqualTo(new ClientHello(true, "api.example.com"));
        assertThat(read(ofPlatform(null))).isEqualTo(new ClientHello(true, null));
    }

    @Test
    void aNameIsTheSameInCapitalsAndWithAFinalDot() {
        assertThat(read(hello(serverName("API.Example.Com."))).serverName()).isEqualTo("api.example.com");
    }

    @Test
    void unknownExtensionsAreSkippedWhereverTheyAre() {
        byte[] grease = extension(0x7a7a);
        byte[] encryptedHello = extension(0xfe0d, new byte[200]);
        assertThat(read(hello(grease, serverName("a.example"), encryptedHello)).serverName())
                .isEqualTo("a.example");
        assertThat(read(hello(grease, encryptedHello))).isEqualTo(new ClientHello(true, null));
    }

    @Test
    void aHelloWithoutExtensionsIsWellFormed() {
        byte[] bare = new byte[hello().length - 2];
        System.arraycopy(hello(), 0, bare, 0, bare.length);
        assertThat(read(bare)).isEqualTo(new ClientHello(true, null));
    }

    @Test
    void whatCouldBeTakenForTwoNamesIsMalformed() {
        for (byte[] hello : List.of(
                hello(serverName("a.example"), serverName("b.example")),
                hello(serverName(name(0, "a.example"), name(0, "b.example"))),
                hello(serverName(name(1, "a.example"))),
                hello(serverName(name(1, "a.example"), name(0, "b.example"))),
                hello(serverName("")),
                hello(serverName(".")),
                hello(serverName("a\0.example")),
                hello(serverName("a example")),
                hello(serverName("\u00e4.example")),
                hello(serverName("a".repeat(256))),
                hello(extension(0)),
                hello(extension(0, (byte) 0, (byte) 0)))) {
            assertThat(read(hello).wellFormed()).isFalse();
        }
    }

    @Test
    void everyBeginningOfAHelloIsMalformed() throws Exception {
        byte[] whole = ofPlatform("api.example.com");
        int withoutExtensions = 34 + 1 + whole[34];
        withoutExtensions += 2 + ByteBuffer.wrap(whole).getShort(withoutExtensions);
        withoutExtensions += 1 + whole[withoutExtensions];
        for (int length = 0; length < whole.length; length++) {
            assertThat(ClientHello.read(ByteBuffer.wrap(whole, 0, length)).wellFormed())
                    .as("%d bytes of %d", length, whole.length)
                    .isEqualTo(length == withoutExtensions);
        }
    }

    @Test
    void whatFollowsTheExtensionsIsMalformed() {
        byte[] hello = hello(serverName("a.example"));
        byte[] longer = new byte[hello.length + 1];
        System.arraycopy(hello, 0, longer, 0, hello.length);
        assertThat(read(longer).wellFormed()).isFalse();
    }

    @Test
    void noBytesThrow() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] whole = ofPlatform("api.example.com");
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = whole.clone();
            for (int change = random.nextInt(5); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                ClientHello hello = ClientHello.read(ByteBuffer.wrap(bytes, 0, random.nextInt(bytes.length + 1)));
                assertThat(hello.serverName() == null || hello.wellFormed()).isTrue();
            } catch (RuntimeException | AssertionError fault) {
                throw new AssertionError("seed " + seed + ", round " + i, fault);
            }
        }
    }
}
