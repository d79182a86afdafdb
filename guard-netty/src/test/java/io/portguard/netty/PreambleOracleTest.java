package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.handler.codec.haproxy.HAProxyTLV;
import io.portguard.IpAddress;
import io.portguard.wire.ProxyPreamble;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Netty's own encoder and decoder as a second opinion on preambles. */
class PreambleOracleTest {

    private static HAProxyMessage message(Random random) {
        boolean ipv6 = random.nextBoolean();
        HAProxyProtocolVersion version = random.nextBoolean() ? HAProxyProtocolVersion.V1 : HAProxyProtocolVersion.V2;
        List<HAProxyTLV> vectors = new ArrayList<>();
        if (version == HAProxyProtocolVersion.V2) {
            for (int i = random.nextInt(4); i > 0; i--) {
                byte[] value = new byte[random.nextInt(30)];
                random.nextBytes(value);
                vectors.add(new HAProxyTLV((byte) 0xe1, Unpooled.wrappedBuffer(value)));
            }
        }
        return new HAProxyMessage(
                version,
                HAProxyCommand.PROXY,
                ipv6 ? HAProxyProxiedProtocol.TCP6 : HAProxyProxiedProtocol.TCP4,
                address(random, ipv6),
                address(random, ipv6),
                1 + random.nextInt(65_535),
                1 + random.nextInt(65_535),
                vectors);
    }

    private static String address(Random random, boolean ipv6) {
        byte[] bytes = new byte[ipv6 ? 16 : 4];
        random.nextBytes(bytes);
        if (ipv6) {
            bytes[0] = 0x20;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bytes.length; i += ipv6 ? 2 : 1) {
            text.append(i == 0 ? "" : ipv6 ? ":" : ".");
            text.append(
                    ipv6
                            ? Integer.toHexString(((bytes[i] & 0xff) << 8) | (bytes[i + 1] & 0xff))
                            : "" + (bytes[i] & 0xff));
        }
        return text.toString();
    }

    private static byte[] encoded(HAProxyMessage message) {
        EmbeddedChannel encoder = new EmbeddedChannel(HAProxyMessageEncoder.INSTANCE);
        encoder.writeOutbound(message);
        ByteBuf out = encoder.readOutbound();
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        out.release();
        encoder.finishAndReleaseAll();
        return bytes;
    }

    /** The source that Netty reads; null when it reads none. */
    private static String decoded(byte[] bytes) {
        EmbeddedChannel decoder = new EmbeddedChannel(new HAProxyMessageDecoder());
        try {
            decoder.writeInbound(Unpooled.wrappedBuffer(bytes));
            if (decoder.readInbound() instanceof HAProxyMessage message) {
                String source = message.sourceAddress() == null ? null : message.sourceAddress();
                boolean unix =
                        message.proxiedProtocol().addressFamily() == HAProxyProxiedProtocol.AddressFamily.AF_UNIX;
                message.release();
                return unix ? null : source;
            }
            return null;
        } catch (DecoderException malformed) {
            return null;
        } finally {
            decoder.finishAndReleaseAll();
        }
    }

    @Test
    void whatNettyWritesIsRead() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            HAProxyMessage message = message(random);
            IpAddress source = IpAddress.parse(message.sourceAddress()).orElseThrow();
            int port = message.sourcePort();
            byte[] bytes = encoded(message);
            assertThat(ProxyPreamble.read(ByteBuffer.wrap(bytes)))
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(new ProxyPreamble(ProxyPreamble.Kind.PROXIED, bytes.length, source, port));
        }
    }

    @Test
    void whatIsReadNettyReadsAlike() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = encoded(message(random));
            for (int change = random.nextInt(3); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] =
                        (byte) (random.nextBoolean() ? random.nextInt(256) : ' ' + random.nextInt(30));
            }
            ProxyPreamble preamble = ProxyPreamble.read(ByteBuffer.wrap(bytes));
            if (preamble.source() != null) {
                read++;
                String source = decoded(bytes);
                assertThat(source).as("seed %d, round %d", seed, i).isNotNull();
                assertThat(IpAddress.parse(source))
                        .as("seed %d, round %d", seed, i)
                        .contains(preamble.source());
            }
        }
        assertThat(read).isGreaterThan(500);
    }
}
