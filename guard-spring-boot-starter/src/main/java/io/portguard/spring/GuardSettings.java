package io.portguard.spring;

import io.portguard.Priority;
import io.portguard.http.PriorityRule;
import io.portguard.settings.InvalidSettingException;
import io.portguard.settings.Setting;
import io.portguard.settings.SettingType;
import io.portguard.spring.GuardProperties.PathPriority;
import io.portguard.standard.StandardSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The text of the settings that are configured. A property has the type of its setting, or the compiler objects. */
final class GuardSettings {

    private final Map<String, String> texts = new LinkedHashMap<>();

    private GuardSettings() {}

    static Map<String, String> of(GuardProperties properties) {
        GuardSettings settings = new GuardSettings();
        settings.put(StandardSettings.MODE, properties.mode());
        settings.putList(StandardSettings.SHADOW_RULES, properties.shadow().rules());
        settings.put(properties.connections());
        settings.put(properties.requests());
        settings.put(properties.clients());
        settings.put(StandardSettings.SHEDDING_ENABLED, properties.shedding().enabled());
        settings.put(
                StandardSettings.SHEDDING_TARGET_DELAY, properties.shedding().targetDelay());
        settings.putList(StandardSettings.PRESSURE_NAMES, properties.pressure().names());
        settings.put(properties.access());
        List<Integer> decoys = properties.scans().decoyPorts();
        settings.putList(
                StandardSettings.SCANS_DECOY_PORTS,
                decoys == null ? null : decoys.stream().map(String::valueOf).toList());
        settings.put(properties.penalties());
        settings.put(StandardSettings.AUDIT_FOLDER, properties.audit().folder());
        settings.put(StandardSettings.AUDIT_FILE_SIZE, properties.audit().fileSize());
        settings.put(StandardSettings.AUDIT_RETENTION, properties.audit().retention());
        return settings.texts;
    }

    static Map<String, String> of(GuardProperties.Management properties) {
        GuardSettings settings = new GuardSettings();
        settings.put(StandardSettings.MODE, properties.mode());
        settings.put(properties.connections());
        settings.put(properties.access());
        return settings.texts;
    }

    static String expectedPriority() {
        return SettingType.oneOf(Priority.class).expected();
    }

    private void put(GuardProperties.Connections connections) {
        put(StandardSettings.CONNECTIONS_MAX, connections.max());
        put(StandardSettings.CONNECTIONS_MAX_PER_CLIENT, connections.maxPerClient());
        put(StandardSettings.CONNECTIONS_ACCEPT_RATE, connections.acceptRate());
        put(StandardSettings.CONNECTIONS_ACCEPT_BURST, connections.acceptBurst());
        put(StandardSettings.CONNECTIONS_ACCEPT_RATE_PER_CLIENT, connections.acceptRatePerClient());
        put(StandardSettings.CONNECTIONS_ACCEPT_BURST_PER_CLIENT, connections.acceptBurstPerClient());
        put(StandardSettings.CONNECTIONS_REQUEST_TIMEOUT, connections.requestTimeout());
        put(StandardSettings.CONNECTIONS_TLS_HANDSHAKE_TIMEOUT, connections.tlsHandshakeTimeout());
        put(StandardSettings.CONNECTIONS_MAX_TLS_HANDSHAKES, connections.maxTlsHandshakes());
        put(StandardSettings.CONNECTIONS_IDLE_TIMEOUT, connections.idleTimeout());
        put(StandardSettings.CONNECTIONS_MIN_DATA_RATE, connections.minDataRate());
        put(StandardSettings.CONNECTIONS_PROXY_PROTOCOL, connections.proxyProtocol());
        putList(StandardSettings.CONNECTIONS_SERVER_NAMES, connections.serverNames());
        put(StandardSettings.CONNECTIONS_WRONG_PROTOCOL, connections.wrongProtocol());
        putList(StandardSettings.CONNECTIONS_SIGNATURES, connections.signatures());
    }

    private void put(GuardProperties.Requests requests) {
        put(StandardSettings.CONCURRENCY_ALGORITHM, requests.concurrency().algorithm());
        put(StandardSettings.CONCURRENCY_INITIAL, requests.concurrency().initial());
        put(StandardSettings.CONCURRENCY_MIN, requests.concurrency().min());
        put(StandardSettings.CONCURRENCY_MAX, requests.concurrency().max());
        List<PathPriority> priorities = requests.priorities();
        if (priorities != null) {
            String[] texts = new String[priorities.size()];
            for (int i = 0; i < texts.length; i++) {
                texts[i] = text(priorities.get(i), StandardSettings.REQUESTS_PRIORITIES.name() + "[" + i + "]");
            }
            putList(StandardSettings.REQUESTS_PRIORITIES, List.of(texts));
        }
        putList(StandardSettings.REQUESTS_EXEMPT, requests.exempt());
        putList(StandardSettings.REQUESTS_STREAMS, requests.streams());
    }

    private void put(GuardProperties.Clients clients) {
        put(StandardSettings.CLIENTS_RATE, clients.rate());
        put(StandardSettings.CLIENTS_BURST, clients.burst());
        put(StandardSettings.CLIENTS_MAX_CONCURRENT, clients.maxConcurrent());
        put(StandardSettings.CLIENTS_READ_RATE, clients.readRate());
        put(StandardSettings.CLIENTS_WRITE_RATE, clients.writeRate());
        put(StandardSettings.CLIENTS_FAIR_SHARE, clients.fairShare());
        if (clients.identifyBy() != null) {
            texts.put(StandardSettings.CLIENTS_IDENTIFY_BY.name(), clients.identifyBy());
        }
        put(StandardSettings.CLIENTS_IPV4_PREFIX, clients.ipv4Prefix());
        put(StandardSettings.CLIENTS_IPV6_PREFIX, clients.ipv6Prefix());
        putList(StandardSettings.CLIENTS_TRUSTED_PROXIES, clients.trustedProxies());
        put(StandardSettings.CLIENTS_MAX_TRACKED, clients.maxTracked());
    }

    private void put(GuardProperties.Penalties penalties) {
        put(StandardSettings.PENALTIES_SLOW_AT, penalties.slowAt());
        put(StandardSettings.PENALTIES_BAN_AT, penalties.banAt());
        put(StandardSettings.PENALTIES_FORGIVEN, penalties.forgiven());
        put(StandardSettings.PENALTIES_SLOW_RATE, penalties.slowRate());
        put(StandardSettings.PENALTIES_BAN_TIME, penalties.banTime());
        put(StandardSettings.PENALTIES_PERSIST_TO, penalties.persistTo());
        putList(StandardSettings.PENALTIES_WEIGHTS, penalties.weights());
    }

    private void put(GuardProperties.Access access) {
        putList(StandardSettings.ACCESS_ALLOW, access.allow());
        putList(StandardSettings.ACCESS_DENY, access.deny());
        put(StandardSettings.ACCESS_ALLOW_FILE, access.allowFile());
        put(StandardSettings.ACCESS_DENY_FILE, access.denyFile());
    }

    private <T> void put(Setting<T> setting, @Nullable T value) {
        if (value != null) {
            texts.put(setting.name(), setting.type().format().apply(value));
        }
    }

    private void putList(Setting<?> setting, @Nullable List<String> values) {
        if (values != null) {
            texts.put(setting.name(), String.join(", ", values));
        }
    }

    /** Checked one by one, so that a wrong one is named by its index; the core names the list as a whole. */
    private static String text(PathPriority priority, String name) {
        String text = priority.text(name);
        if (text.indexOf(',') >= 0 || PriorityRule.parse(text).isEmpty()) {
            throw new InvalidSettingException(
                    name, text, "a path such as /orders or /orders/**, a method such as GET or none, and no commas");
        }
        return text;
    }
}
