package io.portguard.netty;

import io.portguard.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;

/** Opens streams and resets them at once, from an address of its own, on as many connections as it takes. */
final class RapidReset extends Thread {

    static final IpAddress OFFENDER = IpAddress.parse("127.0.0.2").orElseThrow();

    private static final int AT_ONCE = 100;

    private final int port;
    private final int streams;
    private volatile int connections;

    RapidReset(int port, int streams) {
        super("attacker");
        this.port = port;
        this.streams = streams;
    }

    /** How many connections were tried; to be asked when it has ended. */
    int connections() {
        return connections;
    }

    @Override
    public void run() {
        int tried = 0;
        int sent = 0;
        while (sent < streams) {
            tried++;
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port, OFFENDER.toInetAddress(), 0);
                    Http2Client client = new Http2Client(socket)) {
                client.begin(new byte[0]);
                while (sent < streams) {
                    for (int i = 0; i < AT_ONCE; i++) {
                        client.reset(client.get("/hold"));
                    }
                    sent += AT_ONCE; // also those that a closed connection swallows
                    client.flush();
                }
                client.readUntil(Http2Client.GOAWAY);
            } catch (IOException | UncheckedIOException closed) {
                // The server has had enough of this connection, or of this client.
                sent += AT_ONCE;
            }
        }
        connections = tried;
    }
}
