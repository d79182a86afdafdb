package io.portguard.standard;

import io.portguard.Failure;
import io.portguard.Mode;
import io.portguard.client.AddressRanges;
import io.portguard.client.IdentifyBy;
import io.portguard.client.PreamblePolicy;
import io.portguard.http.PathPattern;
import io.portguard.http.PriorityRule;
import io.portguard.limit.Algorithm;
import io.portguard.rule.PenaltyWeight;
import io.portguard.settings.Setting;
import io.portguard.settings.SettingType;
import io.portguard.settings.SettingTypes;
import io.portguard.wire.ServerNameRules;
import io.portguard.wire.Signatures;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** All settings of the standard guard. Those that are not fixed can be tuned while it runs. */
public final class StandardSettings {

    public static final Setting<Mode> MODE = Setting.of(
            "mode",
            StandardTypes.MODE,
            Mode.ENFORCE,
            "Whether the guard refuses, only counts what it would refuse, or decides nothing at all.");

    public static final Setting<List<String>> SHADOW_RULES = Setting.of(
            "shadow.rules",
            StandardTypes.RULE_NAMES,
            List.of(),
            "Rules that refuse nothing by themselves; what they would refuse is counted and reported.");

    /** Its default is derived from the process's limit of file descriptors when a guard is built. */
    public static final Setting<Integer> CONNECTIONS_MAX = Setting.of(
            "connections.max",
            StandardTypes.COUNT,
            8_192,
            "Open connections on the port; by default 80 % of the descriptor limit.");

    public static final Setting<Integer> CONNECTIONS_MAX_PER_CLIENT =
            Setting.unset("connections.max-per-client", StandardTypes.COUNT, "Open connections of one client.");

    public static final Setting<Double> CONNECTIONS_ACCEPT_RATE = Setting.unset(
            "connections.accept-rate", StandardTypes.RATE, "New connections a second, all clients together.");

    public static final Setting<Double> CONNECTIONS_ACCEPT_BURST = Setting.unset(
            "connections.accept-burst",
            StandardTypes.BURST,
            "New connections at once; by default those of one second.");

    public static final Setting<Double> CONNECTIONS_ACCEPT_RATE_PER_CLIENT = Setting.unset(
            "connections.accept-rate-per-client", StandardTypes.RATE, "New connections a second of one client.");

    public static final Setting<Double> CONNECTIONS_ACCEPT_BURST_PER_CLIENT = Setting.unset(
            "connections.accept-burst-per-client",
            StandardTypes.BURST,
            "New connections of one client at once; by default those of one second.");

    public static final Setting<Duration> CONNECTIONS_REQUEST_TIMEOUT = Setting.of(
            "connections.request-timeout",
            StandardTypes.TIMEOUT,
            Duration.ofSeconds(10),
            "From the first wait for a request on a new connection to its complete header.");

    public static final Setting<Duration> CONNECTIONS_TLS_HANDSHAKE_TIMEOUT = Setting.of(
            "connections.tls-handshake-timeout",
            StandardTypes.TIMEOUT,
            Duration.ofSeconds(10),
            "From the accepted connection to the end of its TLS handshake.");

    public static final Setting<Integer> CONNECTIONS_MAX_TLS_HANDSHAKES = Setting.unset(
            "connections.max-tls-handshakes",
            StandardTypes.COUNT,
            "TLS handshakes in progress, counted from the client's hello on; on Netty.");

    public static final Setting<Duration> CONNECTIONS_IDLE_TIMEOUT = Setting.of(
            "connections.idle-timeout",
            StandardTypes.TIMEOUT,
            Duration.ofSeconds(60),
            "How long a connection may be idle between requests.");

    public static final Setting<Integer> CONNECTIONS_MIN_DATA_RATE = Setting.of(
            "connections.min-data-rate",
            SettingType.wholeNumber(0, 1_000_000_000),
            0,
            "Bytes a second that the body of a request has to keep up, averaged; 0 for none.");

    public static final Setting<PreamblePolicy> CONNECTIONS_PROXY_PROTOCOL = Setting.of(
                    "connections.proxy-protocol",
                    SettingType.oneOf(PreamblePolicy.class),
                    PreamblePolicy.OPTIONAL,
                    "Whether connections of trusted proxies begin with a PROXY preamble that names the client; on Netty.")
            .fixed();

    public static final Setting<ServerNameRules> CONNECTIONS_SERVER_NAMES = Setting.of(
            "connections.server-names",
            StandardTypes.SERVER_NAMES,
            ServerNameRules.NONE,
            "What is done with TLS connections by the server name they ask for; the first that matches holds; on Netty.");

    public static final Setting<Mode> CONNECTIONS_WRONG_PROTOCOL = Setting.of(
            "connections.wrong-protocol",
            StandardTypes.MODE,
            Mode.ENFORCE,
            "What is done with connections whose first bytes are of a protocol not spoken on the port; on Netty.");

    public static final Setting<Signatures> CONNECTIONS_SIGNATURES = Setting.of(
            "connections.signatures",
            StandardTypes.SIGNATURES,
            Signatures.NONE,
            "Patterns of first bytes whose connections are refused, or counted in shadow; on Netty.");

    public static final Setting<Algorithm> CONCURRENCY_ALGORITHM = Setting.of(
            "requests.concurrency.algorithm",
            SettingType.oneOf(Algorithm.class),
            Algorithm.ADAPTIVE,
            "How the limit of requests in progress is found.");

    public static final Setting<Integer> CONCURRENCY_INITIAL = Setting.of(
            "requests.concurrency.initial",
            StandardTypes.COUNT,
            20,
            "Requests in progress before anything was measured; unless set, it keeps within min and max.");

    public static final Setting<Integer> CONCURRENCY_MIN =
            Setting.of("requests.concurrency.min", StandardTypes.COUNT, 1, "The lowest limit of requests in progress.");

    public static final Setting<Integer> CONCURRENCY_MAX = Setting.of(
            "requests.concurrency.max",
            StandardTypes.COUNT,
            10_000,
            "The highest limit of requests in progress; the limit itself when the algorithm is fixed.");

    public static final Setting<List<PriorityRule>> REQUESTS_PRIORITIES = Setting.of(
                    "requests.priorities",
                    StandardTypes.PRIORITIES,
                    List.<PriorityRule>of(),
                    "Priorities by path and method; the first that matches wins.")
            .fixed();

    public static final Setting<List<PathPattern>> REQUESTS_EXEMPT = Setting.of(
                    "requests.exempt",
                    StandardTypes.PATHS,
                    List.of(
                            StandardTypes.path("/actuator/health/**"),
                            StandardTypes.path("/actuator/guard/**"),
                            StandardTypes.path("/livez"),
                            StandardTypes.path("/readyz")),
                    "Paths that are never refused.")
            .fixed();

    public static final Setting<List<PathPattern>> REQUESTS_STREAMS = Setting.of(
                    "requests.streams",
                    StandardTypes.PATHS,
                    List.of(),
                    "Paths whose requests count as in progress until the first byte of their answer, not until its end.")
            .fixed();

    public static final Setting<Double> CLIENTS_RATE =
            Setting.unset("clients.rate", StandardTypes.RATE, "Requests a second of one client.");

    public static final Setting<Double> CLIENTS_BURST = Setting.unset(
            "clients.burst", StandardTypes.BURST, "Requests of one client at once; by default those of one second.");

    public static final Setting<Integer> CLIENTS_MAX_CONCURRENT =
            Setting.unset("clients.max-concurrent", StandardTypes.COUNT, "Requests of one client in progress.");

    public static final Setting<Integer> CLIENTS_READ_RATE = Setting.unset(
            "clients.read-rate", StandardTypes.BYTE_RATE, "Bytes a second that one client may send; on Netty.");

    public static final Setting<Integer> CLIENTS_WRITE_RATE = Setting.unset(
            "clients.write-rate", StandardTypes.BYTE_RATE, "Bytes a second that one client may be sent; on Netty.");

    public static final Setting<Boolean> CLIENTS_FAIR_SHARE = Setting.of(
            "clients.fair-share",
            SettingType.flag(),
            true,
            "Whether, when the port is busy, clients above their fair share are refused first.");

    public static final Setting<IdentifyBy> CLIENTS_IDENTIFY_BY = Setting.of(
                    "clients.identify-by",
                    SettingTypes.parsed("address, header:NAME, principal or certificate", IdentifyBy::parse),
                    IdentifyBy.ADDRESS,
                    "What clients are told apart by.")
            .fixed();

    public static final Setting<Integer> CLIENTS_IPV4_PREFIX = Setting.of(
                    "clients.ipv4-prefix",
                    SettingType.wholeNumber(0, 32),
                    32,
                    "Bits of an IPv4 address that make a client.")
            .fixed();

    public static final Setting<Integer> CLIENTS_IPV6_PREFIX = Setting.of(
                    "clients.ipv6-prefix",
                    SettingType.wholeNumber(0, 128),
                    64,
                    "Bits of an IPv6 address that make a client.")
            .fixed();

    public static final Setting<AddressRanges> CLIENTS_TRUSTED_PROXIES = Setting.of(
                    "clients.trusted-proxies",
                    SettingTypes.addressRanges(),
                    AddressRanges.NONE,
                    "Proxies whose forwarded headers and PROXY preambles are believed.")
            .fixed();

    public static final Setting<Integer> CLIENTS_MAX_TRACKED = Setting.of(
                    "clients.max-tracked", StandardTypes.COUNT, 100_000, "Clients that something is remembered of.")
            .fixed();

    public static final Setting<Boolean> SHEDDING_ENABLED = Setting.of(
            "shedding.enabled",
            SettingType.flag(),
            true,
            "Whether requests that matter least are refused while connections or requests have to wait.");

    public static final Setting<Duration> SHEDDING_TARGET_DELAY = Setting.of(
            "shedding.target-delay",
            SettingType.duration(Duration.ofMillis(1), Duration.ofMinutes(1)),
            Duration.ofMillis(20),
            "How long a request may wait for its turn.");

    public static final Setting<List<String>> PRESSURE_NAMES = Setting.of(
                    "pressure.names",
                    StandardTypes.HOST_NAMES,
                    List.of(),
                    "Host names that the service depends on; whether they can be resolved is watched.")
            .fixed();

    public static final Setting<AddressRanges> ACCESS_ALLOW = Setting.of(
            "access.allow",
            SettingTypes.addressRanges(),
            AddressRanges.NONE,
            "Who may connect; everybody else is refused. Empty for all.");

    public static final Setting<AddressRanges> ACCESS_DENY =
            Setting.of("access.deny", SettingTypes.addressRanges(), AddressRanges.NONE, "Who may not connect.");

    public static final Setting<Path> ACCESS_ALLOW_FILE = Setting.unset(
                    "access.allow-file",
                    StandardTypes.FILE,
                    "A file of more addresses and networks that may connect; followed.")
            .fixed();

    public static final Setting<Path> ACCESS_DENY_FILE = Setting.unset(
                    "access.deny-file",
                    StandardTypes.FILE,
                    "A file of more addresses and networks that may not connect; followed.")
            .fixed();

    public static final Setting<Path> AUDIT_FOLDER = Setting.unset(
                    "audit.folder", StandardTypes.FOLDER, "Where the audit trail is written.")
            .fixed();

    public static final Setting<Integer> AUDIT_FILE_SIZE = Setting.of(
                    "audit.file-size",
                    SettingType.wholeNumber(1, 10_000),
                    64,
                    "Megabytes from which the audit trail goes on in a new file; it does each day.")
            .fixed();

    public static final Setting<Duration> AUDIT_RETENTION = Setting.of(
                    "audit.retention",
                    SettingType.duration(Duration.ofDays(1), Duration.ofDays(3_650)),
                    Duration.ofDays(180),
                    "How long files of the audit trail are kept.")
            .fixed();

    public static final Setting<List<Integer>> SCANS_DECOY_PORTS = Setting.of(
                    "scans.decoy-ports",
                    StandardTypes.PORTS,
                    List.<Integer>of(),
                    "Ports that are opened for scanners to connect to; whoever does is recognised.")
            .fixed();

    public static final Setting<Integer> PENALTIES_SLOW_AT = Setting.unset(
            "penalties.slow-at", StandardTypes.POINTS, "Points from which a client that fails is slowed down.");

    public static final Setting<Integer> PENALTIES_BAN_AT =
            Setting.unset("penalties.ban-at", StandardTypes.POINTS, "Points from which a client that fails is banned.");

    public static final Setting<Integer> PENALTIES_FORGIVEN = Setting.of(
            "penalties.forgiven", SettingType.wholeNumber(1, 1_000), 10, "Points of a client forgiven in a minute.");

    public static final Setting<Double> PENALTIES_SLOW_RATE = Setting.of(
            "penalties.slow-rate",
            StandardTypes.RATE,
            1.0,
            "Requests a second, and connections a second, of a client that is slowed down.");

    public static final Setting<Duration> PENALTIES_BAN_TIME = Setting.of(
            "penalties.ban-time",
            SettingType.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
            Duration.ofMinutes(1),
            "The first ban of a client that fails; each that follows soon is twice as long, up to a day.");

    public static final Setting<Path> PENALTIES_PERSIST_TO = Setting.unset(
                    "penalties.persist-to",
                    StandardTypes.FILE,
                    "A file that bans are kept in over a restart; without one a restart ends them.")
            .fixed();

    public static final Setting<List<PenaltyWeight>> PENALTIES_WEIGHTS = Setting.of(
            "penalties.weights",
            StandardTypes.PENALTY_WEIGHTS,
            List.of(
                    PenaltyWeight.of(Failure.TLS_HANDSHAKE, 2),
                    PenaltyWeight.of(Failure.MALFORMED_REQUEST, 5),
                    PenaltyWeight.of(Failure.WRONG_PROTOCOL, 10),
                    PenaltyWeight.of(Failure.PROTOCOL_ABUSE, 50),
                    PenaltyWeight.of(Failure.TIMEOUT, 2),
                    PenaltyWeight.of(Failure.SILENT_CONNECTION, 2),
                    PenaltyWeight.of(Failure.DECOY, 100),
                    PenaltyWeight.of(Failure.SCAN, 100),
                    PenaltyWeight.of(400, 1),
                    PenaltyWeight.of(401, 2),
                    PenaltyWeight.of(403, 1),
                    PenaltyWeight.of(404, 1),
                    PenaltyWeight.of(405, 1)),
            "What failures cost the client that causes them; what is not listed costs nothing.");

    private StandardSettings() {}

    /** All settings, in the order in which they are shown. */
    public static List<Setting<?>> all() {
        return List.of(
                MODE,
                SHADOW_RULES,
                CONNECTIONS_MAX,
                CONNECTIONS_MAX_PER_CLIENT,
                CONNECTIONS_ACCEPT_RATE,
                CONNECTIONS_ACCEPT_BURST,
                CONNECTIONS_ACCEPT_RATE_PER_CLIENT,
                CONNECTIONS_ACCEPT_BURST_PER_CLIENT,
                CONNECTIONS_REQUEST_TIMEOUT,
                CONNECTIONS_TLS_HANDSHAKE_TIMEOUT,
                CONNECTIONS_MAX_TLS_HANDSHAKES,
                CONNECTIONS_IDLE_TIMEOUT,
                CONNECTIONS_MIN_DATA_RATE,
                CONNECTIONS_PROXY_PROTOCOL,
                CONNECTIONS_SERVER_NAMES,
                CONNECTIONS_WRONG_PROTOCOL,
                CONNECTIONS_SIGNATURES,
                CONCURRENCY_ALGORITHM,
                CONCURRENCY_INITIAL,
                CONCURRENCY_MIN,
                CONCURRENCY_MAX,
                REQUESTS_PRIORITIES,
                REQUESTS_EXEMPT,
                REQUESTS_STREAMS,
                CLIENTS_RATE,
                CLIENTS_BURST,
                CLIENTS_MAX_CONCURRENT,
                CLIENTS_READ_RATE,
                CLIENTS_WRITE_RATE,
                CLIENTS_FAIR_SHARE,
                CLIENTS_IDENTIFY_BY,
                CLIENTS_IPV4_PREFIX,
                CLIENTS_IPV6_PREFIX,
                CLIENTS_TRUSTED_PROXIES,
                CLIENTS_MAX_TRACKED,
                SHEDDING_ENABLED,
                SHEDDING_TARGET_DELAY,
                PRESSURE_NAMES,
                ACCESS_ALLOW,
                ACCESS_DENY,
                ACCESS_ALLOW_FILE,
                ACCESS_DENY_FILE,
                SCANS_DECOY_PORTS,
                PENALTIES_SLOW_AT,
                PENALTIES_BAN_AT,
                PENALTIES_FORGIVEN,
                PENALTIES_SLOW_RATE,
                PENALTIES_BAN_TIME,
                PENALTIES_WEIGHTS,
                PENALTIES_PERSIST_TO,
                AUDIT_FOLDER,
                AUDIT_FILE_SIZE,
                AUDIT_RETENTION);
    }
}
