package io.portguard.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is due, on whatever connection its client has, and sees each request to its end. Used on the
 * generator's event loop alone.
 */
final class Dispatcher implements Connection.Owner {

    // Clients that came at once give up at once; to close all their connections at once would hold up what is due.
    private static final int MAX_CLOSES = 32;

    private final LoadPlan plan;
    private final Arrivals arrivals;
    private final Recorder recorder;
    private final Connector connector;
    private final LongSupplier clock;
    private final Consumer<Throwable> failure;
    private final List<Stream> streams;
    private final Stream[][] streamsOfGroup;
    private final Client[][] clients;
    private final Reasons reasons = new Reasons();
    // The plan is the same in every run, and so is the order of its clients.
    private final SplittableRandom random = new SplittableRandom(42);
    private final List<Connection> busy = new ArrayList<>();
    private int connections;
    private int expiryCursor;
    private boolean sending;

    /**
     * @param clock nanoseconds since the run began
     * @param failure is told when the generator itself goes wrong
     */
    Dispatcher(
            LoadPlan plan,
            List<Stream> streams,
            Arrivals arrivals,
            Recorder recorder,
            Connector connector,
            LongSupplier clock,
            Consumer<Throwable> failure) {
        this.plan = plan;
        this.arrivals = arrivals;
        this.recorder = recorder;
        this.connector = connector;
        this.clock = clock;
        this.failure = failure;
        this.streams = streams;
        int groups = plan.groups().size();
        this.streamsOfGroup = new Stream[groups][];
        this.clients = new Client[groups][];
        for (int i = 0; i < groups; i++) {
            int index = i;
            ClientGroup group = plan.groups().get(i);
            streamsOfGroup[i] = streams.stream()
                    .filter(stream -> stream.groupIndex() == index)
                    .toArray(Stream[]::new);
            clients[i] = new Client[group.clients()];
            for (int client = 0; client < clients[i].length; client++) {
                clients[i][client] = new Client(group.address(client), group.maxConnectionsPerClient());
            }
        }
    }

    /** Sends every request that is due by now. */
    void sendDue() {
        if (sending) {
            return;
        }
        sending = true;
        try {
            while (arrivals.nextNanos() <= clock.getAsLong()) {
                long due = arrivals.nextNanos();
                int group = arrivals.nextGroup();
                arrivals.advance();
                Stream stream = choose(streamsOfGroup[group]);
                Client client = clients[group][random.nextInt(clients[group].length)];
                recorder.offered(stream, due, clock.getAsLong());
                Connection connection = connection(client);
                if (connection == null) {
                    client.waiting.add(stream.index(), due);
                } else {
                    dispatch(connection, stream, due);
                }
            }
        } finally {
            sending = false;
        }
    }

    /** Gives up the requests that have waited too long, and goes on with those that wait for a connection. */
    void expire() {
        long now = clock.getAsLong();
        recorder.inFlight(now, busy.size());
        long latestGivenUp = now - plan.giveUp().toNanos();
        int budget = MAX_CLOSES;
        for (int unseen = busy.size(); unseen > 0 && budget > 0; unseen--) {
            // Backwards, since removing one moves the last into its place; on from where the last round ended.
            expiryCursor = Math.min(expiryCursor <= 0 ? Integer.MAX_VALUE : expiryCursor - 1, busy.size() - 1);
            Connection connection = busy.get(expiryCursor);
            Stream stream = connection.stream();
            if (stream != null && connection.due() <= latestGivenUp) {
                recorder.finished(stream, connection.due(), now, Outcome.TIMED_OUT);
                removeBusy(connection);
                discard(connection);
                budget--;
            }
        }
        for (Client[] group : clients) {
            for (Client client : group) {
                serveWaiting(client, now);
            }
        }
    }

    /** Closes all connections. */
    void close() {
        for (Client[] group : clients) {
            for (Client client : group) {
                while (client.hasIdle()) {
                    client.takeIdle().close();
                }
            }
        }
        busy.forEach(Connection::close);
        busy.clear();
    }

    private Stream choose(Stream[] choices) {
        if (choices.length == 1) {
            return choices[0];
        }
        double sum = 0;
        for (Stream choice : choices) {
            sum += choice.target().weight();
        }
        double point = random.nextDouble() * sum;
        for (Stream choice : choices) {
            point -= choice.target().weight();
            if (point < 0) {
                return choice;
            }
        }
        return choices[choices.length - 1];
    }

    private void dispatch(Connection connection, Stream stream, long due) {
        connection.busyIndex = busy.size();
        busy.add(connection);
        boolean fresh = !connection.isConnected();
        connection.put(stream, due);
        if (fresh) {
            connection.begin(connector);
        }
    }

    private @Nullable Connection connection(Client client) {
        if (client.hasIdle()) {
            return client.takeIdle();
        }
        if (!client.mayOpen() || connections >= plan.maxConnections()) {
            return null;
        }
        client.opening();
        connections++;
        return new Connection(client, this, reasons);
    }

    private void serveWaiting(Client client, long now) {
        RequestQueue waiting = client.waiting;
        while (!waiting.isEmpty() && now - waiting.oldestDue() >= plan.giveUp().toNanos()) {
            recorder.finished(streams.get(waiting.oldestStream()), waiting.oldestDue(), now, Outcome.UNSENT);
            waiting.removeOldest();
        }
        // The newest first: the oldest is about to be given up, and would take a connection with it.
        while (!waiting.isEmpty()) {
            Connection connection = connection(client);
            if (connection == null) {
                return;
            }
            Stream stream = streams.get(waiting.newestStream());
            long due = waiting.newestDue();
            waiting.removeNewest();
            dispatch(connection, stream, due);
        }
    }

    @Override
    public void connected(Connection connection) {
        recorder.connectionOpened(clock.getAsLong());
        connection.client.connected();
        // Those that wait are served at the next tick: on loopback a connection is made before connecting returns,
        // and one would lead to the next, deeper and deeper.
    }

    @Override
    public void answered(Connection connection, Stream stream, int status, String reason, boolean reusable) {
        long now = clock.getAsLong();
        recorder.answered(stream, connection.due(), now, status, reason);
        removeBusy(connection);
        if (reusable) {
            connection.client.addIdle(connection);
        } else {
            discard(connection);
        }
        serveWaiting(connection.client, now);
        // A thousand answers that come at once must not hold up what is due meanwhile.
        if (arrivals.nextNanos() <= now) {
            sendDue();
        }
    }

    @Override
    public void ended(Connection connection) {
        connections--;
        connection.client.closed(connection.isConnected());
        Stream stream = connection.stream();
        if (stream == null) {
            connection.client.removeIdle(connection);
            return;
        }
        Outcome outcome = connection.isConnected() ? Outcome.LOST : Outcome.NOT_CONNECTED;
        recorder.finished(stream, connection.due(), clock.getAsLong(), outcome);
        removeBusy(connection);
        // Those that wait are served at the next tick: a server that accepts nothing is not asked in a tight loop.
    }

    @Override
    public void failed(Throwable cause) {
        failure.accept(cause);
    }

    private void discard(Connection connection) {
        connections--;
        connection.client.closed(connection.isConnected());
        connection.close();
    }

    private void removeBusy(Connection connection) {
        Connection last = busy.remove(busy.size() - 1);
        if (last != connection) {
            busy.set(connection.busyIndex, last);
            last.busyIndex = connection.busyIndex;
        }
        connection.busyIndex = -1;
    }
}
