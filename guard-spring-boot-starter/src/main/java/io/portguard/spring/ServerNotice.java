package io.portguard.spring;

import io.portguard.settings.Setting;
import io.portguard.settings.Settings;
import io.portguard.standard.StandardGuard;
import io.portguard.standard.StandardSettings;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Says once at start what cannot be guarded on the server that the service runs on, and which settings have been
 * configured in vain.
 */
final class ServerNotice implements ApplicationListener<ContextRefreshedEvent> {

    private static final System.Logger LOG = System.getLogger(ServerNotice.class.getName());

    /** What is decided by bytes of a connection that containers read and write by themselves. */
    private static final Set<Setting<?>> OF_NETTY_ALONE = Set.of(
            StandardSettings.CLIENTS_READ_RATE,
            StandardSettings.CLIENTS_WRITE_RATE,
            StandardSettings.CONNECTIONS_MAX_TLS_HANDSHAKES,
            StandardSettings.CONNECTIONS_PROXY_PROTOCOL,
            StandardSettings.CONNECTIONS_SERVER_NAMES,
            StandardSettings.CONNECTIONS_WRONG_PROTOCOL,
            StandardSettings.CONNECTIONS_SIGNATURES);

    private final ApplicationContext context;
    private final StandardGuard guard;

    ServerNotice(ApplicationContext context, StandardGuard guard) {
        this.context = context;
        this.guard = guard;
    }

    /** A child context's events come here too. */
    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        if (event.getApplicationContext() == context && !hasServer()) {
            connectionsAreNotGuarded(guard, "the server is not this application's own", "an embedded server");
        }
    }

    private boolean hasServer() {
        return context instanceof WebServerApplicationContext own && own.getWebServer() != null;
    }

    /**
     * Requests are guarded alone.
     *
     * @param why connections are not
     * @param expected where they would be
     */
    static void connectionsAreNotGuarded(StandardGuard guard, String why, String expected) {
        LOG.log(
                Level.INFO,
                "Guard {0}: requests are guarded and connections are not: {1} (expected: {2})",
                guard.guard().name(),
                why,
                expected);
        warn(guard, setting -> setting.name().startsWith("connections."), "here");
    }

    /** A container whose connections are guarded, but for what is read from them and written to them. */
    static void bytesAreNotGuarded(StandardGuard guard, String server) {
        warn(guard, OF_NETTY_ALONE::contains, "on " + server + ", but on Netty alone");
    }

    private static void warn(StandardGuard guard, Predicate<Setting<?>> inVain, String where) {
        Settings settings = guard.settings();
        List<String> names = settings.all().stream()
                .filter(inVain)
                .filter(setting -> !settings.configuredText(setting).equals(settings.defaultText(setting)))
                .map(Setting::name)
                .toList();
        if (!names.isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "Guard {0}: configured without effect {1}: {2}",
                    guard.guard().name(),
                    where,
                    String.join(", ", names));
        }
    }
}
