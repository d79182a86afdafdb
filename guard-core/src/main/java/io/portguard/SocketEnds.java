package io.portguard;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The two ends of a connection, for records of what happened on it. Asked on the thread that decides, and seldom: only
 * when there is something to record.
 */
public interface SocketEnds {

    /** The peer's end; null when it has no internet address, or is gone already. */
    @Nullable
    InetSocketAddress remote();

    /** The server's own end; null when it has no internet address, or is gone already. */
    @Nullable
    InetSocketAddress local();
}
