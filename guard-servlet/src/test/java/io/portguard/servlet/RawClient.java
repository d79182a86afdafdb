package io.portguard.servlet;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** One connection and the bytes on it. */
public final class RawClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private final InputStream in;

    public RawClient(int port) {
        this(port, InetAddress.getLoopbackAddress().getHostAddress());
    }

    /** Connects from a certain address of the loopback network. */
    public RawClient(int port, String from) {
        this(port, from, TIMEOUT_MILLIS);
    }

    RawClient(int port, String from, int timeoutMillis) {
        try {
            socket.bind(new InetSocketAddress(from, 0));
            socket.setSoTimeout(timeoutMillis);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), timeoutMillis);
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Lines are ended by CR LF here; an empty last line ends a header. */
    public RawClient send(String... lines) throws IOException {
        return sendBytes(String.join("\r\n", lines) + "\r\n");
    }

    public RawClient sendBytes(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    public RawClient get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1", "Host: test", "");
    }

    public Answer read() throws IOException {
        return read(true);
    }

    /** Reads the answer to a HEAD request. */
    public Answer readHead() throws IOException {
        return read(false);
    }

    private Answer read(boolean withBody) throws IOException {
        String statusLine = line();
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1).trim());
        }
        String body = "";
        if (withBody && headers.containsKey("Content-Length")) {
            body = bytes(Integer.parseInt(headers.get("Content-Length")));
        } else if (withBody && "chunked".equals(headers.get("Transfer-Encoding"))) {
            StringBuilder chunks = new StringBuilder();
            for (int size = chunkSize(); size > 0; size = chunkSize()) {
                chunks.append(bytes(size));
                line();
            }
            line();
            body = chunks.toString();
        }
        return new Answer(Integer.parseInt(statusLine.split(" ", -1)[1]), headers, body);
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private String bytes(int length) throws IOException {
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("closed after \"" + line + "\"");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** Whether the server has closed the connection, by FIN or RST, without another byte. */
    public boolean isClosedByServer() {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Whether the server closes the connection, whatever it says before. */
    public boolean isClosedInTheEnd() {
        try {
            while (in.read() >= 0) {
                // an answer, perhaps
            }
            return true;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Closes with RST instead of FIN. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Closes before the test ends. */
    public void hangUp() {
        close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What came back. */
    public record Answer(int status, Map<String, String> headers, String body) {

        public String header(String name) {
            return headers.get(name);
        }
    }
}
