package io.portguard.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A response that tells when its first byte is written, or sent on its way without one. As thread-safe as what it
 * wraps; it tells once.
 */
final class StreamedResponse extends HttpServletResponseWrapper {

    private final Runnable begins;
    private final AtomicBoolean begun = new AtomicBoolean();
    private @Nullable Bytes bytes;
    private @Nullable Characters characters;

    StreamedResponse(HttpServletResponse response, Runnable begins) {
        super(response);
        this.begins = begins;
    }

    private void begin() {
        if (!begun.get() && begun.compareAndSet(false, true)) {
            begins.run();
        }
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        ServletOutputStream written = super.getOutputStream();
        if (bytes == null || bytes.written != written) {
            bytes = new Bytes(written);
        }
        return bytes;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        PrintWriter written = super.getWriter();
        if (characters == null || characters.written != written) {
            characters = new Characters(written);
        }
        return characters;
    }

    @Override
    public void flushBuffer() throws IOException {
        begin();
        super.flushBuffer();
    }

    private final class Bytes extends ServletOutputStream {

        private final ServletOutputStream written;

        Bytes(ServletOutputStream written) {
            this.written = written;
        }

        @Override
        public boolean isReady() {
            return written.isReady();
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            written.setWriteListener(listener);
        }

        @Override
        public void write(int octet) throws IOException {
            begin();
            written.write(octet);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            begin();
            written.write(from, offset, length);
        }

        @Override
        public void flush() throws IOException {
            begin();
            written.flush();
        }

        @Override
        public void close() throws IOException {
            written.close();
        }
    }

    /** All that a PrintWriter prints goes through one of these. */
    private final class Characters extends PrintWriter {

        private final PrintWriter written;

        Characters(PrintWriter written) {
            super(written);
            this.written = written;
        }

        @Override
        public void write(int character) {
            begin();
            super.write(character);
        }

        @Override
        public void write(char[] from, int offset, int length) {
            begin();
            super.write(from, offset, length);
        }

        @Override
        public void write(String from, int offset, int length) {
            begin();
            super.write(from, offset, length);
        }

        /** As the container ends its lines. */
        @Override
        public void println() {
            begin();
            written.println();
        }

        @Override
        public void flush() {
            begin();
            super.flush();
        }
    }
}
