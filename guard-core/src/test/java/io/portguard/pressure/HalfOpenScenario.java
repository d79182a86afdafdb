package io.portguard.pressure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Listens on a port, has so many SYNs sent to it by somebody who never answers, and reports the half-open connections.
 * In a network namespace with two ends of a cable, {@code vs}, where it listens, and {@code vc}, where they are sent.
 */
final class HalfOpenScenario {

    static final String SET_UP = """
            ip link set lo up
            ip link add vs type veth peer name vc
            ip addr add 10.231.7.2/24 dev vs
            ip addr add 10.231.8.1/24 dev vc
            ip link set vs up
            ip link set vc up
            """;

    private static final int BACKLOG = 128;

    private HalfOpenScenario() {}

    public static void main(String[] args) throws Exception {
        boolean ipv6 = args[0].equals("INET6");
        int syns = Integer.parseInt(args[1]);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.valueOf(args[0]));
                ServerSocketChannel other = ServerSocketChannel.open()) {
            InetAddress any = InetAddress.getByAddress(new byte[ipv6 ? 16 : 4]);
            server.bind(new InetSocketAddress(any, 0), BACKLOG);
            other.bind(new InetSocketAddress(0), BACKLOG);
            int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
            ListenBacklog backlog = new ListenBacklog();
            backlog.watch(port, BACKLOG);
            backlog.sample(0);
            HalfOpen halfOpen = new HalfOpen(backlog);
            report("before", halfOpen.sample(0));
            // A connection that is complete, and half-open ones of another port, are none of them.
            InetAddress here = InetAddress.getByAddress(new byte[] {10, (byte) 231, 7, 2});
            try (SocketChannel complete = SocketChannel.open(new InetSocketAddress(here, port))) {
                send(3, ((InetSocketAddress) other.getLocalAddress()).getPort());
                // A packet may be lost on the way; one that was not, sent again, belongs to the same connection.
                for (int tries = 0; halfOpen.count() < syns && tries < 20; tries++) {
                    send(syns, port);
                    halfOpen.sample(0);
                }
                send(syns, port);
                report("reading", halfOpen.sample(0));
                report("count", halfOpen.count());
                report("complete", complete.isConnected());
            }
        }
    }

    /** One process for each, because nping sends them all from one port otherwise. */
    private static void send(int syns, int port) throws IOException, InterruptedException {
        String mac = HexFormat.ofDelimiter(":")
                .formatHex(NetworkInterface.getByName("vs").getHardwareAddress());
        List<Process> senders = new ArrayList<>();
        for (int i = 0; i < syns; i++) {
            senders.add(new ProcessBuilder(
                            ("nping --tcp --flags syn -c 1 --send-eth -e vc -N -q --source-mac 02:00:00:00:00:07"
                                            + " --dest-mac " + mac + " -S 10.231.7.100 -g " + (20_000 + i) + " -p "
                                            + port
                                            + " 10.231.7.2")
                                    .split(" "))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start());
        }
        for (Process sender : senders) {
            if (sender.waitFor() != 0) {
                throw new IOException("nping could not send");
            }
        }
    }

    private static void report(String name, Object value) {
        System.out.println(name + "=" + value);
    }
}
