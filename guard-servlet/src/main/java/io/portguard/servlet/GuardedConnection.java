package io.portguard.servlet;

import io.portguard.Permit;
import io.portguard.Rejection;
import org.jspecify.annotations.Nullable;

/**
 * A connection that its container has admitted. {@link GuardFilter} finds it as the request's {@link
 * jakarta.servlet.ServletRequest#getServletConnection()} or as the request's {@link #ATTRIBUTE}; it is implemented by
 * the adapters of containers and is of no use to applications.
 */
public interface GuardedConnection {

    /** The attribute of a request that holds its connection, in containers that describe connections themselves. */
    String ATTRIBUTE = "io.portguard.servlet.GuardedConnection";

    /** What the guard holds and knows of the connection. */
    AdmittedConnection admitted();

    /**
     * A filter decides about all requests of the port, so that they may as well be decided before they come to it, where the
     * container's adapter can do so.
     */
    default void requestsAreGuarded() {}

    /**
     * The permit of the present request, where the container's adapter has admitted it before there was a servlet request;
     * whoever takes it has to release it. Null where the request is still to be decided.
     */
    default @Nullable Permit takePermit() {
        return null;
    }

    /**
     * Commits the status and the headers of the response to the present request, which is a refusal, in such a way
     * that the connection is kept where it can be. Its body is to be written afterwards. Nothing has to be done where
     * the container keeps it anyway.
     */
    default void commitRefusal(Rejection rejection) {}
}
