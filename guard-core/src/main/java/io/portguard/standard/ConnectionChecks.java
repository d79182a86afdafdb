package io.portguard.standard;

import io.portguard.Attempt;
import io.portguard.Failure;
import io.portguard.Guard;
import io.portguard.Mode;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.client.PreamblePolicy;
import io.portguard.rule.Penalties;
import io.portguard.rule.ShadowReport;
import io.portguard.settings.SettingValues;
import io.portguard.wire.FirstBytes;
import io.portguard.wire.HandshakeFailure;
import io.portguard.wire.ServerNameRule;
import io.portguard.wire.ServerNameRules;
import io.portguard.wire.Sight;
import io.portguard.wire.Signatures;
import io.portguard.wire.Spoken;
import io.portguard.wire.Tally;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What is looked at between the acceptance of a connection and its first request, as the settings say, and what was
 * found there. For adapters that see the bytes of a connection. Thread-safe.
 */
public final class ConnectionChecks {

    /** The name in {@link #wrongProtocols()} of all that configured signatures have seen. */
    public static final String CONFIGURED = "configured";

    private static final String WRONG_PROTOCOL = "wrong-protocol";
    private static final String SIGNATURES = "signatures";
    private static final String SERVER_NAMES = "server-names";

    private static final Rejection DENIED = Rejection.of(Reason.DENIED, Rejection.MAX_RETRY_AFTER_SECONDS);

    private final Guard guard;
    private final Penalties penalties;
    private final ShadowReport shadow;
    private final Tally wrongProtocols = new Tally();
    private final Tally signatures = new Tally();
    private final Tally serverNames = new Tally();
    private final Tally handshakeFailures = new Tally();
    private volatile Map<Spoken, FirstBytes> firstBytes = looking(Mode.OFF, Signatures.NONE);
    private volatile PreamblePolicy preamble = PreamblePolicy.OPTIONAL;
    private volatile boolean proxiesAreTrusted;
    private volatile long handshakeTimeoutNanos;
    private volatile ServerNameRules rules = ServerNameRules.NONE;

    ConnectionChecks(Guard guard, Penalties penalties, ShadowReport shadow) {
        this.shadow = shadow;
        this.guard = guard;
        this.penalties = penalties;
    }

    void apply(SettingValues values) {
        preamble = values.get(StandardSettings.CONNECTIONS_PROXY_PROTOCOL);
        rules = values.get(StandardSettings.CONNECTIONS_SERVER_NAMES);
        firstBytes = looking(
                values.get(StandardSettings.CONNECTIONS_WRONG_PROTOCOL),
                values.get(StandardSettings.CONNECTIONS_SIGNATURES));
        handshakeTimeoutNanos =
                values.get(StandardSettings.CONNECTIONS_TLS_HANDSHAKE_TIMEOUT).toNanos();
        proxiesAreTrusted =
                !values.get(StandardSettings.CLIENTS_TRUSTED_PROXIES).isEmpty();
    }

    /** What is looked at here and refuses nothing by itself. */
    static Set<String> shadowed(SettingValues values) {
        Set<String> shadowed = new HashSet<>();
        if (values.get(StandardSettings.CONNECTIONS_WRONG_PROTOCOL) == Mode.SHADOW) {
            shadowed.add(WRONG_PROTOCOL);
        }
        if (values.get(StandardSettings.CONNECTIONS_SIGNATURES).all().stream()
                .anyMatch(signature -> signature.action() == Mode.SHADOW)) {
            shadowed.add(SIGNATURES);
        }
        if (values.get(StandardSettings.CONNECTIONS_SERVER_NAMES).shadowsAny()) {
            shadowed.add(SERVER_NAMES);
        }
        return shadowed;
    }

    private static Map<Spoken, FirstBytes> looking(Mode wrongProtocol, Signatures signatures) {
        Map<Spoken, FirstBytes> looking = new EnumMap<>(Spoken.class);
        for (Spoken spoken : Spoken.values()) {
            looking.put(spoken, FirstBytes.of(spoken, wrongProtocol, signatures));
        }
        return looking;
    }

    /** What to look for in the first bytes on a port where this is spoken. */
    public FirstBytes firstBytes(Spoken spoken) {
        FirstBytes looking = firstBytes.get(spoken);
        return looking == null ? FirstBytes.of(Spoken.UNKNOWN, Mode.OFF, Signatures.NONE) : looking;
    }

    /** Whether a trusted proxy's connection begins with a preamble. */
    public PreamblePolicy preamble() {
        return preamble;
    }

    /** Whether there are proxies whose preambles are read, so that a preamble of anybody else is a fraud. */
    public boolean arePreamblesRead() {
        return proxiesAreTrusted && preamble != PreamblePolicy.NEVER;
    }

    /** How long a handshake may take. */
    public long handshakeTimeoutNanos() {
        return handshakeTimeoutNanos;
    }

    /** What is done by server name. */
    public ServerNameRules serverNames() {
        return rules;
    }

    /** Counts a wrong protocol on the connection; returns whether the connection is to be closed. */
    public boolean refuses(Attempt connection, Sight.Strange sight) {
        if (sight.configured()) {
            wrongProtocols.add(CONFIGURED);
            signatures.add(sight.protocol());
        } else {
            wrongProtocols.add(sight.protocol());
        }
        if (sight.action() == Mode.ENFORCE) {
            penalties.failed(connection, Failure.WRONG_PROTOCOL);
        }
        return refuse(connection, sight.configured() ? SIGNATURES : WRONG_PROTOCOL, sight.action());
    }

    /** Counts a connection that a server-name rule refuses, if it does; returns whether it is to be closed. */
    public boolean refuses(Attempt connection, ServerNameRule rule) {
        if (rule.refuses() == Mode.OFF) {
            return false;
        }
        serverNames.add(rule.pattern());
        return refuse(connection, SERVER_NAMES, rule.refuses());
    }

    private boolean refuse(Attempt connection, String what, Mode own) {
        if (guard.mode().atMost(own) == Mode.SHADOW) {
            shadow.shadowed(connection, what);
        }
        return guard.refuse(connection, DENIED, own);
    }

    /** Refuses a connection for a preamble that it must not have, or lacks, or has wrong; whether it is to be closed. */
    public boolean refusesPreamble(Attempt connection) {
        wrongProtocols.add(FirstBytes.PROXY);
        return guard.refuse(connection, DENIED, Mode.ENFORCE);
    }

    /** Refuses a connection whose client hello cannot be told the name from; returns whether it is to be closed. */
    public boolean refusesHello(Attempt connection) {
        return guard.refuse(connection, DENIED, Mode.ENFORCE);
    }

    /** Counts a handshake on the connection that failed. */
    public void failed(Attempt connection, HandshakeFailure cause) {
        handshakeFailures.add(cause.text());
        switch (cause) {
            case NO_SHARED_CIPHER, PROTOCOL_VERSION, BAD_CLIENT_CERTIFICATE, MALFORMED_HELLO ->
                penalties.failed(connection, Failure.TLS_HANDSHAKE);
            case TIMEOUT -> penalties.failed(connection, Failure.TIMEOUT);
            // The others are the server's doing, nobody's, or counted as a wrong protocol.
            default -> {}
        }
    }

    /** Connections with the wrong protocol, by what it was. */
    public Tally wrongProtocols() {
        return wrongProtocols;
    }

    /** Connections that configured signatures have seen, by the signature's name. */
    public Tally signatures() {
        return signatures;
    }

    /** Connections refused by server name, and those that shadow rules would refuse, by the rule's pattern. */
    public Tally serverNameRefusals() {
        return serverNames;
    }

    /** Handshakes that failed, by {@linkplain HandshakeFailure#text() cause}. */
    public Tally handshakeFailures() {
        return handshakeFailures;
    }
}
