package io.portguard.benchmarks.server;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Clients in a closed loop: each asks again as soon as it has its answer. */
enum Load {

    /** Opens connections that the server ends without a byte. */
    CONNECTIONS {
        @Override
        long run(int port, long untilNanos) throws IOException {
            long count = 0;
            while (System.nanoTime() - untilNanos < 0) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    // Reset at this end, or the ports would run out in the two minutes that they stay in TIME_WAIT.
                    socket.setSoLinger(true, 0);
                    if (ended(socket.getInputStream())) {
                        count++;
                    }
                }
            }
            return count;
        }

        private boolean ended(InputStream in) {
            try {
                return in.read() < 0;
            } catch (IOException reset) {
                return true;
            }
        }
    },

    /** Sends a request on a connection of its own, which the server ends, with an answer or without one. */
    REQUEST_ON_EACH {
        @Override
        long run(int port, long untilNanos) throws IOException {
            long count = 0;
            byte[] answer = new byte[4096];
            while (System.nanoTime() - untilNanos < 0) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.setSoLinger(true, 0); // as above
                    ask(socket, answer);
                    count++;
                }
            }
            return count;
        }

        private void ask(Socket socket, byte[] answer) {
            try {
                socket.getOutputStream().write(REQUEST);
                while (socket.getInputStream().read(answer) >= 0) {
                    // to its end
                }
            } catch (IOException refused) {
                // The connection was ended before the request had gone out.
            }
        }
    },

    /** Sends requests on a connection that is kept. */
    REQUESTS {
        @Override
        Answers run(int port, Duration time, Generator generator) throws IOException, InterruptedException {
            return generator == Generator.WRK ? Wrk.run(port, PATH, CLIENTS, time) : super.run(port, time, generator);
        }

        @Override
        long run(int port, long untilNanos) throws IOException {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setTcpNoDelay(true);
                OutputStream out = socket.getOutputStream();
                DataInputStream in = new DataInputStream(socket.getInputStream());
                out.write(REQUEST);
                byte[] answer = new byte[4096];
                int length = in.read(answer);
                long count = 1;
                while (System.nanoTime() - untilNanos < 0) {
                    out.write(REQUEST);
                    // The same answer each time; Retry-After is one digit, whatever its jitter.
                    in.readFully(answer, 0, length);
                    count++;
                }
                return count;
            }
        }
    };

    /** What came of a turn: how often the server has answered, and in which time. */
    record Answers(long count, double seconds) {}

    private static final String PATH = "/hello";

    private static final byte[] REQUEST = ("GET " + PATH
                    + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: load\r\nAccept: */*\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);

    private static final int CLIENTS = 4;
    private static final double NANOS_PER_SECOND = 1e9;

    /** Until the time has come; returns how often the server has answered. */
    abstract long run(int port, long untilNanos) throws IOException;

    /** Runs several clients for a while. */
    Answers run(int port, Duration time, Generator generator) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        long until = begun + time.toNanos();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                counts.add(clients.submit(() -> run(port, until)));
            }
            long sum = 0;
            for (Future<Long> count : counts) {
                sum += count.get();
            }
            return new Answers(sum, (System.nanoTime() - begun) / NANOS_PER_SECOND);
        } catch (ExecutionException failed) {
            throw new IOException("a client failed", failed.getCause());
        } finally {
            clients.shutdownNow();
        }
    }
}
