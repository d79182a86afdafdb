package io.portguard.benchmarks.server;

/**
 * A server to be measured.
 *
 * @param name as reports show it; a peer's with its version
 * @param server starts it
 */
public record Subject(String name, Server server) {

    /** Starts a server on the loopback interface, in whichever process it is called in. */
    @FunctionalInterface
    public interface Server {

        /** Returns the port it listens on; it runs until the process ends. */
        int start() throws Exception;
    }
}
