package io.portguard.jmx;

import io.portguard.rule.ClientUsage;

/** What JMX shows of one client. */
public final class TopClient {

    private final ClientUsage usage;

    TopClient(ClientUsage usage) {
        this.usage = usage;
    }

    public String getClient() {
        return usage.client().toString();
    }

    /** Requests in progress on average over the last seconds. */
    public double getUsage() {
        return usage.usage();
    }

    /** Requests in progress now. */
    public int getRequests() {
        return usage.requests();
    }

    /** Connections open now. */
    public int getConnections() {
        return usage.connections();
    }
}
