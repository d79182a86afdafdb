package io.portguard.benchmarks.load;

import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A closed-loop load generator: a number of connections, each of which sends its next request as soon as the last
 * one is answered. It finds out how much a service can do; it says nothing of what clients experience.
 *
 * <p>One object is one run, on a thread of its own.
 */
public final class ClosedLoop implements Connection.Owner {

    private static final Duration TICK = Duration.ofMillis(20);

    private final Transport transport;
    private final Promise<ClosedLoopResult> done;
    private final List<Client> clients = new ArrayList<>();
    private final Stream stream;
    private final Duration length;
    private final Reasons reasons = new Reasons();
    private final List<Connection> open = new ArrayList<>();
    private final Tally tally = new Tally();
    private final int connections;
    private boolean keptAlive = true;
    private long startNanos;
    private boolean ended;

    /**
     * @param port the server's port on 127.0.0.1
     * @param group whose addresses the connections come from, in turn; its first target is asked for
     * @param connections how many connections
     * @param length for how long
     */
    public ClosedLoop(int port, ClientGroup group, int connections, Duration length) {
        this.transport = new Transport(port);
        this.done = transport.newPromise();
        this.stream = Stream.of(List.of(group), port).get(0);
        this.connections = connections;
        this.length = length;
        for (int i = 0; i < group.clients(); i++) {
            clients.add(new Client(group.address(i), connections));
        }
    }

    /** Has each request sent on a connection of its own. */
    public ClosedLoop onFreshConnections() {
        keptAlive = false;
        return this;
    }

    /** Runs for the given time and returns what was answered in it. */
    public ClosedLoopResult run() throws InterruptedException {
        try (transport) {
            transport.execute(this::begin, done);
            return done.sync().getNow();
        }
    }

    private void begin() {
        startNanos = System.nanoTime();
        for (int i = 0; i < connections; i++) {
            connect(clients.get(i % clients.size()));
        }
        transport.repeat(this::tick, TICK.toNanos(), done);
    }

    private void tick() {
        long now = System.nanoTime();
        if (now - startNanos >= length.toNanos()) {
            ended = true;
            open.forEach(Connection::close);
            done.trySuccess(new ClosedLoopResult(tally, (now - startNanos) / 1e9));
            return;
        }
        for (Connection late : open.stream()
                .filter(connection -> now - connection.due() >= LoadPlan.GIVE_UP.toNanos())
                .toList()) {
            tally.finish(Outcome.TIMED_OUT, now - late.due());
            late.close();
            reconnect(late);
        }
        // One that was refused at once is not tried again in a tight loop, but here.
        for (int i = open.size(); i < connections; i++) {
            connect(clients.get(i % clients.size()));
        }
    }

    private void connect(Client client) {
        Connection connection = new Connection(client, this, reasons);
        open.add(connection);
        send(connection);
        connection.begin(transport);
    }

    private void reconnect(Connection old) {
        open.remove(old);
        connect(old.client);
    }

    private void send(Connection connection) {
        tally.offer();
        connection.put(stream, System.nanoTime());
    }

    @Override
    public void connected(Connection connection) {}

    @Override
    public void answered(Connection connection, Stream request, int status, String reason, boolean reusable) {
        if (ended) {
            return;
        }
        long latency = System.nanoTime() - connection.due();
        if (status >= 200 && status < 300) {
            tally.finish(Outcome.IN_TIME, latency);
        } else if (status == 403 || status == 429 || status == 503) {
            tally.finish(new Refusal(status, reason), latency);
        } else {
            tally.finish(Outcome.FAILED, latency);
        }
        if (reusable && keptAlive) {
            send(connection);
        } else {
            connection.close();
            reconnect(connection);
        }
    }

    @Override
    public void ended(Connection connection) {
        if (!ended) {
            open.remove(connection);
            tally.finish(connection.isConnected() ? Outcome.LOST : Outcome.NOT_CONNECTED, 0);
        }
    }

    @Override
    public void failed(Throwable cause) {
        done.tryFailure(cause);
    }
}
