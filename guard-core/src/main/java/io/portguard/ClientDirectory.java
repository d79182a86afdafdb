package io.portguard;

/** Finds what is known of a client, or begins to know it. Thread-safe. */
@FunctionalInterface
public interface ClientDirectory {

    Client client(ClientKey key);
}
