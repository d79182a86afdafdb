package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.servlet.RunningServer.Container;
import jakarta.servlet.AsyncContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.coyote.http2.Http2Protocol;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTP/2 streams that are reset as soon as they are opened (CVE-2023-44487), over clear text. */
@Timeout(120)
class RapidResetTest {

    private static final int STREAMS = 300;

    private static final byte SETTINGS = 4;
    private static final byte HEADERS = 1;
    private static final byte RST_STREAM = 3;
    private static final byte END_STREAM_AND_HEADERS = 5;

    @ParameterizedTest
    @EnumSource
    void nothingStaysInFlight(Container container) throws Exception {
        try (RunningServer server = container.start(RunningServer.with()
                .connector(connector -> connector.addUpgradeProtocol(new Http2Protocol()))
                .servlet("/async", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.start(context::complete);
                }))) {
            for (String path : new String[] {"/ok", "/async"}) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.localPort())) {
                    resetAll(socket.getOutputStream(), path);
                    Await.until(
                            "the connection was seen", // how many streams are, is the container's own defence
                            () -> server.port
                                            .guard()
                                            .counts(Attempt.Kind.CONNECTION)
                                            .admitted()
                                    > 0);
                } catch (IOException closedForAbuse) {
                    // as the container may
                }
                server.awaitNothingActive();
            }
            try (RawClient client = new RawClient(server.localPort())) {
                assertThat(client.get("/ok").read().status()).isEqualTo(200);
            }
        }
    }

    private static void resetAll(OutputStream out, String path) throws IOException {
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.write(frame(SETTINGS, (byte) 0, 0, new byte[0]));
        for (int i = 0; i < STREAMS; i++) {
            int stream = 2 * i + 1;
            out.write(frame(HEADERS, END_STREAM_AND_HEADERS, stream, header(path)));
            out.write(frame(RST_STREAM, (byte) 0, stream, new byte[] {0, 0, 0, 8}));
        }
        out.flush();
    }

    /** GET over http, from the static table of HPACK, and a path and an authority as literals. */
    private static byte[] header(String path) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(0x82);
        header.write(0x86);
        header.write(0x04);
        header.write(path.length());
        header.writeBytes(path.getBytes(StandardCharsets.US_ASCII));
        header.write(0x01);
        header.write(4);
        header.writeBytes("test".getBytes(StandardCharsets.US_ASCII));
        return header.toByteArray();
    }

    private static byte[] frame(byte type, byte flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put(type)
                .put(flags)
                .putInt(stream)
                .put(payload)
                .array();
    }
}
