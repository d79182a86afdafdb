package io.portguard.netty;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** A client that sends what it is told, byte for byte, and reads one response after the other. */
final class RawClient implements AutoCloseable {

    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

    private final Socket socket;
    private final InputStream in;

    RawClient(int port) {
        this(connect(port));
    }

    /** On a connection that somebody else has opened. */
    RawClient(Socket socket) {
        try {
            this.socket = socket;
            socket.setSoTimeout((int) LoopbackServer.PATIENCE.toMillis());
            in = socket.getInputStream(); // not buffered, so that somebody else may go on where a response ended
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    private static Socket connect(int port) {
        try {
            return new Socket(InetAddress.getLoopbackAddress(), port);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    /** To be read by somebody else from here on; nothing may be waiting to be read. */
    Socket socket() {
        return socket;
    }

    RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    RawClient sendBytes(int... bytes) throws IOException {
        for (int each : bytes) {
            socket.getOutputStream().write(each);
        }
        return this;
    }

    /** So many bytes, without sign. */
    int[] readBytes(int count) throws IOException {
        byte[] read = in.readNBytes(count);
        return IntStream.range(0, read.length).map(i -> read[i] & 0xff).toArray();
    }

    String get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").response();
    }

    /** The next response: its header, and its body if it has a length. */
    String response() throws IOException {
        StringBuilder header = new StringBuilder();
        while (header.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed after: " + header);
            }
            header.append((char) next);
        }
        Matcher length = LENGTH.matcher(header);
        byte[] body = length.find() ? in.readNBytes(Integer.parseInt(length.group(1))) : new byte[0];
        return header + new String(body, StandardCharsets.US_ASCII);
    }

    /** Reads up to the end of the connection; returns whether the server ended it without a byte. */
    boolean isClosedWithoutAWord() {
        try {
            return in.read() < 0;
        } catch (IOException reset) {
            return true;
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
