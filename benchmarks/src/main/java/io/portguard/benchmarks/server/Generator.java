package io.portguard.benchmarks.server;

/** What sends the requests of a measurement. */
public enum Generator {
    /**
     * The tool that others measure servers with; it takes a fraction of the processor that our own clients take, which
     * share the machine with the server.
     */
    WRK,
    /** Our own clients, which need nothing installed. */
    SOCKETS;

    /** wrk if it is installed. */
    public static Generator best() {
        return Wrk.isInstalled() ? WRK : SOCKETS;
    }
}
