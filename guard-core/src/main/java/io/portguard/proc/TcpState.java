package io.portguard.proc;

import org.jspecify.annotations.Nullable;

/** The state of a TCP socket, as the kernel numbers them (include/net/tcp_states.h). */
public enum TcpState {
    ESTABLISHED,
    SYN_SENT,
    SYN_RECEIVED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    TIME_WAIT,
    CLOSED,
    CLOSE_WAIT,
    LAST_ACK,
    LISTEN,
    CLOSING;

    private static final TcpState[] BY_NUMBER = values();

    static @Nullable TcpState numbered(long number) {
        return number >= 1 && number <= BY_NUMBER.length ? BY_NUMBER[(int) number - 1] : null;
    }
}
