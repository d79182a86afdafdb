package io.portguard.jmx;

import io.portguard.rule.ClientUsage;
import javax.management.ConstructorParameters;

/** What JMX shows of one client. Immutable. */
public final class TopClient {

    private final String client;
    private final double usage;
    private final int requests;
    private final int connections;

    /** One that a proxy of the MXBean was sent. */
    @ConstructorParameters({"client", "usage", "requests", "connections"})
    public TopClient(String client, double usage, int requests, int connections) {
        this.client = client;
        this.usage = usage;
        this.requests = requests;
        this.connections = connections;
    }

    TopClient(ClientUsage usage) {
        this(usage.client().toString(), usage.usage(), usage.requests(), usage.connections());
    }

    public String getClient() {
        return client;
    }

    /** Requests in progress on average over the last seconds. */
    public double getUsage() {
        return usage;
    }

    /** Requests in progress now. */
    public int getRequests() {
        return requests;
    }

    /** Connections open now. */
    public int getConnections() {
        return connections;
    }
}
