package io.portguard.connection;

/** What the guard sees of a connection's socket and does to it; adapters implement it. Called on any thread. */
public interface GuardedSocket {

    /** Whether, in the midst of a request, the server waits for bytes of its body at this moment. */
    boolean awaitsBody();

    /**
     * Whether, in the midst of a request, its answer cannot be written on because the peer does not read it. Never for
     * adapters that hold no thread and no place for such a request.
     */
    default boolean awaitsReader() {
        return false;
    }

    /** Whether the server itself does not read at present, because the client has sent more than it may. */
    default boolean isHeldUp() {
        return false;
    }

    /** How many bytes have been read since the connection was opened. */
    long bytesRead();

    /** Whether the peer has not said a word. */
    default boolean isSilent() {
        return bytesRead() == 0;
    }

    /** Closes the connection at once, also while a thread is blocked in it. */
    void close();
}
