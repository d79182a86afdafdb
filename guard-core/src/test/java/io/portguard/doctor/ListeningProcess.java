package io.portguard.doctor;

import java.io.IOException;
import java.net.ServerSocket;

/** A process that listens on a free port, prints it, and ends when its input does. */
final class ListeningProcess {

    private ListeningProcess() {}

    public static void main(String... none) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 3)) {
            System.out.println(server.getLocalPort());
            while (System.in.read() != -1) {
                // Whoever started it says no more than that it goes on.
            }
        }
    }
}
