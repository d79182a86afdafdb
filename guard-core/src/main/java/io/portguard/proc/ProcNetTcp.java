package io.portguard.proc;

import io.portguard.IpAddress;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One pass over the TCP sockets of a network namespace, from {@code /proc/net/tcp} or {@code tcp6}: a cursor, which
 * allocates nothing for a socket unless it is asked for an address. For one thread.
 *
 * <p>Format: net/ipv4/tcp_ipv4.c, get_tcp4_sock, and net/ipv6/tcp_ipv6.c, get_tcp6_sock.
 */
public final class ProcNetTcp implements AutoCloseable {

    /*
     * What reading costs. Listening sockets come first in the file (tcp_seq_start), then all others in the order of
     * the kernel's hash table. A read returns a page at most, whatever it is offered, and no more lines than it takes
     * to fill what it is offered; but it looks for the line behind the last one it returns. Behind the last listening
     * socket that search goes through the table until it meets a socket of the file's family: a few buckets when there
     * are thousands of connections, all of it when there are none. With 262,144 buckets, as a machine of 24 GiB has,
     * that was 2 to 3 ms; a read that ends before the last listening socket took 13 us, and with 20,000 connections of
     * the same family one that goes past it took 50 us (kernel 6.18). So: whoever looks for listening sockets reads
     * line by line, closes when it has seen those it knows of, and does not open the file of a family that has none.
     */

    private static final int ONE_LINE = 160;
    private static final int PAGE = 4096;
    private static final int LONGEST_LINE = 1024;

    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final int IPV4_DIGITS = 8;
    private static final int IPV6_DIGITS = 32;
    private static final int NONE = -1;

    private final String name;
    private final FileInputStream file;
    private final boolean onlyListening;
    private final byte[] buffer;
    private int start;
    private int end;
    private int position;
    private int lineNumber;

    private @Nullable TcpState state;
    private int localAddressAt;
    private int remoteAddressAt;
    private int addressDigits;
    private int localPort;
    private int remotePort;
    private long sendQueue;
    private long receiveQueue;
    private int timer;
    private long timerTicks;
    private long uid;
    private long inode;

    private ProcNetTcp(Path path, boolean onlyListening) throws IOException {
        this.name = path.toString();
        this.file = new FileInputStream(path.toFile());
        this.onlyListening = onlyListening;
        this.buffer = new byte[onlyListening ? ONE_LINE + LONGEST_LINE : PAGE + LONGEST_LINE];
    }

    /**
     * A pass over all sockets.
     *
     * @throws java.io.FileNotFoundException when there is no such file, or it cannot be opened
     */
    public static ProcNetTcp all(Path file) throws IOException {
        return new ProcNetTcp(file, false);
    }

    /**
     * A pass over the listening sockets, which come first: it ends at the first other one, and reads no more of the
     * file than it has to.
     *
     * @throws java.io.FileNotFoundException when there is no such file, or it cannot be opened
     */
    public static ProcNetTcp listening(Path file) throws IOException {
        return new ProcNetTcp(file, true);
    }

    /**
     * Goes to the next socket, or to the first.
     *
     * @return false when there is none
     * @throws ProcFormatException when a line is not what the kernel writes
     * @throws IOException when it cannot be read
     */
    public boolean next() throws IOException {
        if (lineNumber == 0 && !nextLine()) {
            return false;
        }
        if (!nextLine()) {
            return false;
        }
        parse();
        return !onlyListening || state == TcpState.LISTEN;
    }

    public TcpState state() {
        if (state == null) {
            throw new IllegalStateException("next() has not returned true");
        }
        return state;
    }

    public int localPort() {
        return localPort;
    }

    public int remotePort() {
        return remotePort;
    }

    /** Its address on this machine; all zero when it listens on every address. Allocates. */
    public IpAddress localAddress() {
        return address(localAddressAt);
    }

    /** The other end's address. Allocates. */
    public IpAddress remoteAddress() {
        return address(remoteAddressAt);
    }

    /** Whether it is a socket of IPv6, which may carry IPv4 connections too. */
    public boolean isIpv6() {
        return addressDigits == IPV6_DIGITS;
    }

    /** Bytes written and not acknowledged; of no meaning for a listening socket. */
    public long sendQueue() {
        return sendQueue;
    }

    /** Bytes received and not read; for a listening socket the connections that wait to be accepted. */
    public long receiveQueue() {
        return receiveQueue;
    }

    /** Whether its keepalive timer runs; only while nothing that was sent is unacknowledged. */
    public boolean hasKeepaliveTimer() {
        return timer == 2;
    }

    /** When its timer is due, in hundredths of a second. */
    public long timerTicks() {
        return timerTicks;
    }

    /** The user that made it. */
    public long uid() {
        return uid;
    }

    /** Its number, which {@code /proc/PID/fd} shows as {@code socket:[number]}; 0 when no process has it any more. */
    public long inode() {
        return inode;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** The next line is from {@code start} to the line feed, which is there: it is where the columns end. */
    private boolean nextLine() throws IOException {
        start = position;
        int searched = start;
        while (true) {
            for (int at = searched; at < end; at++) {
                if (buffer[at] == '\n') {
                    position = at + 1;
                    lineNumber++;
                    return true;
                }
            }
            searched = end;
            if (end - start >= LONGEST_LINE) {
                throw malformed(end, "a line of at most " + LONGEST_LINE + " characters");
            }
            if (start > 0) {
                System.arraycopy(buffer, start, buffer, 0, end - start);
                searched -= start;
                end -= start;
                start = 0;
            }
            int read = file.read(buffer, end, Math.min(buffer.length - end, onlyListening ? ONE_LINE : PAGE));
            if (read <= 0) {
                if (end > start) {
                    throw malformed(end, "a line feed at the end");
                }
                position = end;
                return false;
            }
            end += read;
        }
    }

    private void parse() throws ProcFormatException {
        int line = position;
        position = start;
        skipColumn();
        localAddressAt = skipSpaces();
        addressDigits = digitsUpTo(':');
        localPort = (int) hex(':', ' ', 0xffff);
        remoteAddressAt = skipSpaces();
        if (digitsUpTo(':') != addressDigits || (addressDigits != IPV4_DIGITS && addressDigits != IPV6_DIGITS)) {
            throw malformed(line, "two addresses of 8 or 32 hexadecimal digits");
        }
        remotePort = (int) hex(':', ' ', 0xffff);
        skipSpaces();
        state = TcpState.numbered(hex(NONE, ' ', 0xff));
        if (state == null) {
            throw malformed(line, "a state from 01 to 0B");
        }
        skipSpaces();
        sendQueue = hex(NONE, ':', 0xffff_ffffL);
        receiveQueue = hex(':', ' ', 0xffff_ffffL);
        skipSpaces();
        timer = (int) hex(NONE, ':', 0xff);
        timerTicks = hex(':', ' ', Long.MAX_VALUE);
        skipSpaces();
        skipColumn();
        skipSpaces();
        uid = decimal();
        skipSpaces();
        skipColumn();
        skipSpaces();
        inode = decimal();
        position = line;
    }

    private int skipSpaces() {
        while (buffer[position] == ' ') {
            position++;
        }
        return position;
    }

    private void skipColumn() throws ProcFormatException {
        skipSpaces();
        int first = position;
        while (buffer[position] > ' ') {
            position++;
        }
        if (position == first) {
            throw malformed(position, "ten columns");
        }
    }

    private int digitsUpTo(int separator) throws ProcFormatException {
        int first = position;
        while (digit(buffer[position]) >= 0) {
            position++;
        }
        if (buffer[position] != separator) {
            throw malformed(position, "an address and a port in hexadecimal digits");
        }
        return position - first;
    }

    private long hex(int before, int after, long max) throws ProcFormatException {
        if (before != NONE && buffer[position++] != before) {
            throw malformed(position, "a \"" + (char) before + "\"");
        }
        int first = position;
        long value = 0;
        for (int digit = digit(buffer[position]); digit >= 0; digit = digit(buffer[++position])) {
            value = value << 4 | digit;
        }
        int digits = position - first;
        if (digits == 0 || digits > 16 || value < 0 || value > max || buffer[position] != after) {
            throw malformed(position, "a hexadecimal number up to " + Long.toHexString(max));
        }
        return value;
    }

    private long decimal() throws ProcFormatException {
        int first = position;
        long value = 0;
        while (buffer[position] >= '0' && buffer[position] <= '9') {
            value = value * 10 + buffer[position++] - '0';
        }
        int digits = position - first;
        if (digits == 0 || digits > 18 || buffer[position] > ' ') {
            throw malformed(position, "a decimal number");
        }
        return value;
    }

    /** IPv6 addresses are four words of the machine's byte order, IPv4 addresses one. */
    private IpAddress address(int at) {
        if (state == null) {
            throw new IllegalStateException("next() has not returned true");
        }
        if (addressDigits == IPV4_DIGITS) {
            return IpAddress.ofIpv4(word(at));
        }
        return IpAddress.of(twoWords(at), twoWords(at + 16));
    }

    private long twoWords(int at) {
        return (long) word(at) << 32 | Integer.toUnsignedLong(word(at + 8));
    }

    private int word(int at) {
        int word = 0;
        for (int i = at; i < at + 8; i++) {
            word = word << 4 | digit(buffer[i]);
        }
        return LITTLE_ENDIAN ? Integer.reverseBytes(word) : word;
    }

    private static int digit(byte character) {
        if (character >= '0' && character <= '9') {
            return character - '0';
        }
        int letter = character | 0x20;
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }

    private ProcFormatException malformed(int until, String expected) {
        String line = new String(buffer, start, Math.max(0, Math.min(until, end) - start), StandardCharsets.ISO_8859_1);
        return new ProcFormatException(name + ", line " + Math.max(lineNumber, 1), line, expected);
    }
}
