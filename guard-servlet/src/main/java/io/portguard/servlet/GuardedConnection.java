package io.portguard.servlet;

import io.portguard.Rejection;
import jakarta.servlet.ServletConnection;

/**
 * A connection that its container has admitted. {@link GuardFilter} finds it by {@link
 * jakarta.servlet.ServletRequest#getServletConnection()}; it is implemented by the adapters of containers and is
 * of no use to applications.
 */
public interface GuardedConnection extends ServletConnection {

    /** What the guard holds and knows of the connection. */
    AdmittedConnection admitted();

    /**
     * Commits the status and the headers of the response to the present request, which is a refusal, in such a way
     * that the connection is kept where it can be. Its body is to be written afterwards.
     */
    void commitRefusal(Rejection rejection);
}
