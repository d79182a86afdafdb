package io.portguard.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client that writes HTTP/2 frames as it is told, rules or no rules, and reads them one by one. */
final class Http2Client implements AutoCloseable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final int WITH_PRIORITY = 32;

    static final int NO_ERROR = 0;
    static final int REFUSED_STREAM = 7;
    static final int CANCEL = 8;
    static final int ENHANCE_YOUR_CALM = 11;

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** A frame as it was read. */
    record Frame(int type, int flags, int stream, ByteBuffer payload) {

        boolean endsStream() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        /** Of RST_STREAM and, behind the last stream, of GOAWAY. */
        int errorCode() {
            return payload.getInt(type == GOAWAY ? 4 : 0);
        }
    }

    /** What came on a stream until it ended. */
    record Answer(Http2Headers headers, Http2Headers trailers, String body, int resetWith) {

        int status() {
            return headers == null ? -1 : Integer.parseInt(headers.status().toString());
        }
    }

    private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Socket socket;
    private final DataInputStream in;
    private int lastStream = -1;

    Http2Client(int port) {
        this(port, new byte[0]);
    }

    /**
     * @param settings the payload of the first SETTINGS frame
     */
    Http2Client(int port, byte[] settings) {
        this(connect(port));
        begin(settings);
    }

    /** On a connection that somebody else has opened. */
    Http2Client(Socket socket) {
        try {
            this.socket = socket;
            socket.setSoTimeout((int) LoopbackServer.PATIENCE.toMillis());
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** Says what a client says first. */
    Http2Client begin(byte[] settings) {
        out.writeBytes(PREFACE);
        return frame(SETTINGS, 0, 0, settings).flush();
    }

    /** Which stream the next request is sent on. */
    void firstStream(int stream) {
        lastStream = stream - 2;
    }

    private static Socket connect(int port) {
        try {
            return new Socket(InetAddress.getLoopbackAddress(), port);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** The payload of a SETTINGS frame with one setting. */
    static byte[] setting(int id, int value) {
        return ByteBuffer.allocate(6).putShort((short) id).putInt(value).array();
    }

    Http2Client frame(int type, int flags, int stream, byte[] payload) {
        ByteBuffer head = ByteBuffer.allocate(9);
        head.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        head.put((byte) type).put((byte) flags).putInt(stream);
        out.writeBytes(head.array());
        out.writeBytes(payload);
        return this;
    }

    Http2Client reset(int stream) {
        return frame(
                RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(CANCEL).array());
    }

    /** A header block by literals that are not indexed; names and values in turn. */
    static byte[] block(String... namesAndValues) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            block.write(0);
            literal(block, namesAndValues[i]);
            literal(block, namesAndValues[i + 1]);
        }
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, String text) {
        // RFC 7541, section 5.1: an integer with a prefix of seven bits.
        int length = text.length();
        block.write(Math.min(length, 0x7f));
        for (int rest = length - 0x7f; rest >= 0; rest = rest < 0x80 ? -1 : rest >> 7) {
            block.write(rest < 0x80 ? rest : (rest & 0x7f) | 0x80);
        }
        block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Begins a request on the next stream and returns which that is. */
    int request(int flags, String method, String path, String... more) {
        lastStream += 2;
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(block(":method", method, ":scheme", "http", ":path", path, ":authority", "localhost"));
        block.writeBytes(block(more));
        frame(HEADERS, END_HEADERS | flags, lastStream, block.toByteArray());
        return lastStream;
    }

    int get(String path) {
        return request(END_STREAM, "GET", path);
    }

    Http2Client flush() {
        try {
            socket.getOutputStream().write(out.toByteArray());
            out.reset();
            return this;
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** The next frame; null when the server has ended the connection. */
    Frame read() {
        try {
            int lengthAndType = in.readInt();
            int flags = in.read();
            int stream = in.readInt() & Integer.MAX_VALUE;
            byte[] payload = new byte[lengthAndType >>> 8];
            in.readFully(payload);
            return new Frame(lengthAndType & 0xff, flags, stream, ByteBuffer.wrap(payload));
        } catch (EOFException end) {
            return null;
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** Reads until a frame of this type has come; null when the server ends the connection before. */
    Frame readUntil(int type) {
        Frame frame = read();
        while (frame != null && frame.type() != type) {
            frame = read();
        }
        return frame;
    }

    /** Flushes, and reads what comes on a stream until that has ended; frames of other streams are passed over. */
    Answer answer(int stream) {
        flush();
        Http2Headers headers = null;
        Http2Headers trailers = null;
        StringBuilder body = new StringBuilder();
        for (Frame frame = read(); frame != null; frame = read()) {
            Http2Headers decoded = frame.type() == HEADERS ? decode(frame) : null;
            if (frame.stream() != stream) {
                continue;
            }
            if (frame.type() == RST_STREAM) {
                return new Answer(headers, trailers, body.toString(), frame.errorCode());
            }
            if (headers == null) {
                headers = decoded;
            } else {
                trailers = decoded;
            }
            if (frame.type() == DATA) {
                body.append(StandardCharsets.US_ASCII.decode(frame.payload()));
            }
            if (frame.endsStream()) {
                return new Answer(headers, trailers, body.toString(), -1);
            }
        }
        throw new AssertionError("closed without an answer on stream " + stream);
    }

    private Http2Headers decode(Frame frame) {
        int weight = (frame.flags() & WITH_PRIORITY) != 0 ? 5 : 0;
        ByteBuf block = Unpooled.wrappedBuffer(frame.payload()).skipBytes(weight);
        try {
            return hpack.decodeHeaders(frame.stream(), block);
        } catch (Http2Exception fault) {
            throw new AssertionError(fault);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }
}
