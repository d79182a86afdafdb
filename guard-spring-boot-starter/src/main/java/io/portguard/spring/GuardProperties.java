package io.portguard.spring;

import io.portguard.Mode;
import io.portguard.Priority;
import io.portguard.client.PreamblePolicy;
import io.portguard.limit.Algorithm;
import io.portguard.settings.InvalidSettingException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/*
 * Defaults and ranges are known to the core alone. What is not configured is null here and not passed on; the
 * defaults that an IDE shows are in additional-spring-configuration-metadata.json, and a test holds both to the
 * core's. Names that do not exist are found by UnknownProperties: binding with ignoreUnknownFields = false would take
 * an empty value, as ${RATE:} gives one, for an unknown name.
 */

/**
 * The {@code guard.*} properties.
 *
 * @param enabled Whether the port is guarded at all; when false, nothing is wired.
 * @param preflight What comes of what a look at the machine finds before the port is opened: nothing, a warning, or the
 *     end of the start.
 * @param mode Whether the guard refuses, only counts what it would refuse, or decides nothing at all.
 * @param shadow Rules that only report what they would refuse.
 * @param connections Limits of connections.
 * @param requests Limits of requests.
 * @param clients Limits of each client.
 * @param shedding Refusing what matters least while requests or connections have to wait.
 * @param pressure Signs of pressure that are watched besides those that always are.
 * @param access Who may connect.
 * @param scans Recognising clients that scan ports.
 * @param penalties What comes of failures that are a client's own doing.
 * @param audit The record of what was refused and changed.
 * @param management The guard of a management port of its own.
 * @param readiness When the service says that it refuses traffic.
 * @param health When the service's health tells of a saturated port.
 */
@ConfigurationProperties("guard")
record GuardProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("warn") Preflight.Reaction preflight,
        @Nullable Mode mode,
        @DefaultValue Shadow shadow,
        @DefaultValue Connections connections,
        @DefaultValue Requests requests,
        @DefaultValue Clients clients,
        @DefaultValue Shedding shedding,
        @DefaultValue Pressure pressure,
        @DefaultValue Access access,
        @DefaultValue Scans scans,
        @DefaultValue Penalties penalties,
        @DefaultValue Audit audit,
        @DefaultValue Management management,
        @DefaultValue Readiness readiness,
        @DefaultValue Health health) {

    /**
     * Rules that only report what they would refuse.
     *
     * @param rules Names of rules that refuse nothing by themselves; what they would refuse is counted and reported.
     */
    record Shadow(@Nullable List<String> rules) {}

    /**
     * Limits of connections.
     *
     * @param max Open connections on the port; by default 80 % of the process's limit of file descriptors.
     * @param maxPerClient Open connections of one client; by default there is no limit.
     * @param acceptRate New connections a second, all clients together; by default there is no limit.
     * @param acceptBurst New connections at once, all clients together; by default those of one second. Only
     *     together with accept-rate.
     * @param acceptRatePerClient New connections a second of one client; by default there is no limit.
     * @param acceptBurstPerClient New connections of one client at once; by default those of one second. Only
     *     together with accept-rate-per-client.
     * @param requestTimeout From the first wait for a request on a new connection to its complete header.
     * @param tlsHandshakeTimeout From the accepted connection to the end of its TLS handshake.
     * @param maxTlsHandshakes TLS handshakes in progress, counted from the client's hello on; by default there is no
     *     limit. On Netty.
     * @param idleTimeout How long a connection may be idle between requests.
     * @param minDataRate Bytes a second that the body of a request has to keep up, averaged; 0 for none.
     * @param proxyProtocol Whether connections of trusted proxies begin with a PROXY preamble that names the client. On
     *     Netty.
     * @param serverNames What is done with TLS connections by the server name they ask for, NAME=ACTION; the first
     *     that matches holds. On Netty.
     * @param wrongProtocol What is done with connections whose first bytes are of a protocol that is not spoken on the
     *     port. On Netty.
     * @param signatures Patterns of first bytes whose connections are refused, or counted in shadow. On Netty.
     */
    record Connections(
            @Nullable Integer max,
            @Nullable Integer maxPerClient,
            @Nullable Double acceptRate,
            @Nullable Double acceptBurst,
            @Nullable Double acceptRatePerClient,
            @Nullable Double acceptBurstPerClient,
            @Nullable Duration requestTimeout,
            @Nullable Duration tlsHandshakeTimeout,
            @Nullable Integer maxTlsHandshakes,
            @Nullable Duration idleTimeout,
            @Nullable Integer minDataRate,
            @Nullable PreamblePolicy proxyProtocol,
            @Nullable List<String> serverNames,
            @Nullable Mode wrongProtocol,
            @Nullable List<String> signatures) {}

    /**
     * Limits of requests.
     *
     * @param concurrency The limit of requests in progress.
     * @param priorities How much requests matter, by path and method; the first that matches wins, others are
     *     normal.
     * @param exempt Paths that are never refused; a path may end in /**. By default the health probes, wherever
     *     the Actuator has them on this port.
     * @param streams Paths whose requests count as in progress until the first byte of their answer, not until its
     *     end; a path may end in /**. By default none.
     */
    record Requests(
            @DefaultValue Concurrency concurrency,
            @Nullable List<PathPriority> priorities,
            @Nullable List<String> exempt,
            @Nullable List<String> streams) {}

    /**
     * The limit of requests in progress.
     *
     * @param algorithm How the limit of requests in progress is found; fixed takes max.
     * @param initial Requests in progress before anything was measured; unless set, it keeps within min and max.
     * @param min The lowest limit of requests in progress.
     * @param max The highest limit of requests in progress; the limit itself when the algorithm is fixed.
     */
    record Concurrency(
            @Nullable Algorithm algorithm,
            @Nullable Integer initial,
            @Nullable Integer min,
            @Nullable Integer max) {}

    /**
     * How much the requests for a path matter.
     *
     * @param path The path of the request as it is sent, /orders for instance, or /orders/** for it and everything
     *     below it.
     * @param method The method of the request; by default all.
     * @param priority How much such requests matter.
     */
    record PathPriority(
            @Nullable String path,
            @Nullable String method,
            @Nullable Priority priority) {

        String text(String name) {
            if (path == null) {
                throw new InvalidSettingException(name + ".path", "", "a path such as /orders or /orders/**");
            }
            if (priority == null) {
                throw new InvalidSettingException(name + ".priority", "", GuardSettings.expectedPriority());
            }
            return (method == null ? "" : method.trim() + " ") + path.trim() + "=" + priority;
        }
    }

    /**
     * Limits of each client.
     *
     * @param rate Requests a second of one client; by default there is no limit.
     * @param burst Requests of one client at once; by default those of one second. Only together with rate.
     * @param maxConcurrent Requests of one client in progress; by default there is no limit.
     * @param readRate Bytes a second that one client may send, over all its connections; by default there is no limit. On
     *     Netty.
     * @param writeRate Bytes a second that one client may be sent, over all its connections; by default there is no
     *     limit. On Netty.
     * @param fairShare Whether, when the port is busy, clients above their fair share are refused first.
     * @param identifyBy What clients are told apart by: address, header:NAME, principal or certificate.
     * @param ipv4Prefix Bits of an IPv4 address that make a client.
     * @param ipv6Prefix Bits of an IPv6 address that make a client.
     * @param trustedProxies Addresses or networks (CIDR) of the proxies whose forwarded headers and PROXY
     *     preambles are believed.
     * @param maxTracked Clients that something is remembered of.
     */
    record Clients(
            @Nullable Double rate,
            @Nullable Double burst,
            @Nullable Integer maxConcurrent,
            @Nullable Integer readRate,
            @Nullable Integer writeRate,
            @Nullable Boolean fairShare,
            @Nullable String identifyBy,
            @Nullable Integer ipv4Prefix,
            @Nullable Integer ipv6Prefix,
            @Nullable List<String> trustedProxies,
            @Nullable Integer maxTracked) {}

    /**
     * Refusing what matters least while requests or connections have to wait.
     *
     * @param enabled Whether requests that matter least are refused while connections or requests have to wait.
     * @param targetDelay How long a request may wait for its turn.
     */
    record Shedding(@Nullable Boolean enabled, @Nullable Duration targetDelay) {}

    /**
     * Signs of pressure that are watched besides those that always are.
     *
     * @param names Host names that the service depends on; whether they can be resolved is watched.
     */
    record Pressure(@Nullable List<String> names) {}

    /**
     * Who may connect.
     *
     * @param allow Addresses or networks (CIDR) that may connect; everybody else is refused. Empty for all.
     * @param deny Addresses or networks (CIDR) that may not connect.
     * @param allowFile A file of more addresses or networks that may connect, one a line; read anew when it changes.
     * @param denyFile A file of more addresses or networks that may not connect, one a line; read anew when it changes.
     */
    record Access(
            @Nullable List<String> allow,
            @Nullable List<String> deny,
            @Nullable Path allowFile,
            @Nullable Path denyFile) {}

    /**
     * What comes of failures that are a client's own doing.
     *
     * @param slowAt Points from which a client is slowed down; by default none is.
     * @param banAt Points from which a client is banned; by default none is.
     * @param forgiven Points of a client that are forgiven in a minute.
     * @param slowRate Requests a second, and connections a second, of a client that is slowed down.
     * @param banTime The first ban of a client that fails; each that follows soon is twice as long, up to a day.
     * @param persistTo A file that bans are kept in over a restart; by default a restart ends them.
     * @param weights What failures cost: FAILURE=POINTS or STATUS=POINTS; what is not listed costs nothing.
     */
    record Penalties(
            @Nullable Integer slowAt,
            @Nullable Integer banAt,
            @Nullable Integer forgiven,
            @Nullable Double slowRate,
            @Nullable Duration banTime,
            @Nullable Path persistTo,
            @Nullable List<String> weights) {}

    /**
     * Recognising clients that scan ports.
     *
     * @param decoyPorts Ports that are opened for scanners to connect to; whoever does is recognised.
     */
    record Scans(@Nullable List<Integer> decoyPorts) {}

    /**
     * The record of what was refused and changed.
     *
     * @param folder Where the audit trail is written; by default nowhere.
     * @param fileSize Megabytes from which the audit trail goes on in a new file; it does each day.
     * @param retention How long files of the audit trail are kept.
     */
    record Audit(
            @Nullable Path folder,
            @Nullable Integer fileSize,
            @Nullable Duration retention) {}

    /**
     * The guard of a management port of its own. It looks at connections alone and never sheds load.
     *
     * @param enabled Whether a management port of its own is guarded.
     * @param mode Whether the guard of the management port refuses, only counts what it would refuse, or decides
     *     nothing at all.
     * @param connections Limits of connections.
     * @param access Who may connect.
     */
    record Management(
            @DefaultValue("true") boolean enabled,
            @Nullable Mode mode,
            @DefaultValue Connections connections,
            @DefaultValue Access access) {

        Map<String, String> settings() {
            return GuardSettings.of(this);
        }
    }

    /**
     * When the service says that it refuses traffic.
     *
     * @param saturatedFor For how long the port has to refuse for its own sake before readiness becomes
     *     REFUSING_TRAFFIC, and to refuse nothing before it is ACCEPTING_TRAFFIC again; by default it never does.
     */
    record Readiness(@Nullable Duration saturatedFor) {}

    /**
     * When the service's health tells of a saturated port.
     *
     * @param saturatedFor For how long the port has to refuse for its own sake before the health contributor is
     *     OUT_OF_SERVICE; by default it is UP whatever the load.
     */
    record Health(@Nullable Duration saturatedFor) {}

    /** What is configured, as the core reads it: dotted names without {@code guard.}, and text. */
    Map<String, String> settings() {
        return GuardSettings.of(this);
    }
}
