package io.portguard.jmx;

import java.util.List;
import java.util.Map;

/**
 * What JMX shows of a guard and lets one do to it. Besides these, each setting is an attribute of its name in
 * CamelCase, {@code ClientsRate} for {@code clients.rate}; those that can be tuned are writable.
 */
public interface GuardMXBean {

    /** Requests in progress. */
    long getActiveRequests();

    /** Connections open. */
    long getActiveConnections();

    /** How many requests may be in progress at present. */
    int getRequestLimit();

    /** Requests admitted since the guard was built. */
    long getAdmittedRequests();

    /** Requests refused since the guard was built. */
    long getRejectedRequests();

    /** Clients that something is known of. */
    long getTrackedClients();

    /** 0 (nothing is shed) to 511. */
    int getSheddingLevel();

    /** The last reading of each source of pressure that is there; 1 is full. */
    Map<String, Double> getPressure();

    /**
     * Changes a setting, by its dotted name.
     *
     * @param seconds after which it reverts by itself; 0 for good
     * @throws IllegalArgumentException when something is not acceptable; nothing has changed
     */
    void tune(String setting, String value, long seconds);

    /** Takes every setting back to what it was configured to be. */
    void revert();

    /**
     * Refuses a client for a time.
     *
     * @param client an address, a network that is one client, or a client's name
     * @param seconds 1 to a year
     */
    void ban(String client, long seconds);

    /** Ends a ban; returns whether there was one. */
    boolean unban(String client);

    /** Who is banned, and for how many seconds more. */
    Map<String, Long> bans();

    /** The clients that have used the most lately, heaviest first. */
    List<TopClient> topClients(int n);

    /** What rules in shadow mode would have refused, and which good clients with it: the false alarms. */
    List<ShadowedRule> shadowReport();

    /** What is wrong with the port, the worst first, and how it is; it looks twice, a second apart. */
    String diagnose();

    /** The settings that differ from their defaults, for {@code application.yml}. */
    String exportYaml();
}
