package io.portguard.spring;

import io.portguard.settings.Setting;
import io.portguard.standard.StandardGuard;
import io.portguard.standard.StandardSettings;
import java.lang.System.Logger.Level;
import java.util.List;

/** Settings that nobody heeds but a server on Netty; where there is another, whoever has set one is told. */
final class NettySettings {

    private static final System.Logger LOG = System.getLogger(NettySettings.class.getName());

    private static final List<Setting<?>> ALL = List.of(
            StandardSettings.CLIENTS_READ_RATE,
            StandardSettings.CLIENTS_WRITE_RATE,
            StandardSettings.CONNECTIONS_MAX_TLS_HANDSHAKES,
            StandardSettings.CONNECTIONS_PROXY_PROTOCOL,
            StandardSettings.CONNECTIONS_SERVER_NAMES,
            StandardSettings.CONNECTIONS_WRONG_PROTOCOL,
            StandardSettings.CONNECTIONS_SIGNATURES);

    private NettySettings() {}

    /**
     * @param server that is there instead
     */
    static void tellUnheeded(StandardGuard guard, String server) {
        for (Setting<?> setting : ALL) {
            if (guard.settings().isChanged(setting)) {
                LOG.log(
                        Level.WARNING,
                        "guard.{0}={1} has no effect: {2} cannot do that (expected: a server on Netty)",
                        setting.name(),
                        guard.settings().text(setting),
                        server);
            }
        }
    }
}
