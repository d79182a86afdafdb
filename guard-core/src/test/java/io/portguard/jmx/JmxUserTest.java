package io.portguard.jmx;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.standard.StandardGuard;
import java.io.IOException;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.rmi.server.RMIClientSocketFactory;
import java.rmi.server.RMIServerSocketFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.management.JMX;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXAuthenticator;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXPrincipal;
import javax.management.remote.JMXServiceURL;
import javax.management.remote.rmi.RMIConnectorServer;
import javax.security.auth.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who changes something over JMX, through a real remote connector. */
@Timeout(60)
class JmxUserTest {

    private final StandardGuard guard =
            StandardGuard.builder("jmx-user").tickInterval(Duration.ZERO).build();
    private final List<String> who = new CopyOnWriteArrayList<>();

    /** Of the loopback interface, whatever the machine is called. */
    private static final class Loopback implements RMIClientSocketFactory, RMIServerSocketFactory, Serializable {

        private static final long serialVersionUID = 1;

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return new Socket(InetAddress.getLoopbackAddress(), port);
        }

        @Override
        public ServerSocket createServerSocket(int port) throws IOException {
            return new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Loopback;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    @SuppressWarnings("BanJNDI") // of a server that the test has started itself
    private void tuneOver(Map<String, ?> authentication, String user) throws Exception {
        Map<String, Object> environment = new HashMap<>(authentication);
        environment.put(RMIConnectorServer.RMI_CLIENT_SOCKET_FACTORY_ATTRIBUTE, new Loopback());
        environment.put(RMIConnectorServer.RMI_SERVER_SOCKET_FACTORY_ATTRIBUTE, new Loopback());
        JMXConnectorServer server = JMXConnectorServerFactory.newJMXConnectorServer(
                new JMXServiceURL("rmi", "127.0.0.1", 0), environment, ManagementFactory.getPlatformMBeanServer());
        guard.settings().onEachChange(change -> who.add(change.who()));
        try (GuardMBeans.Registration registration = GuardMBeans.register(guard)) {
            server.start();
            Map<String, Object> credentials = Map.of(JMXConnector.CREDENTIALS, new String[] {user, "secret"});
            try (JMXConnector connector = JMXConnectorFactory.connect(server.getAddress(), credentials)) {
                MBeanServerConnection remote = connector.getMBeanServerConnection();
                JMX.newMXBeanProxy(remote, registration.name(), GuardMXBean.class)
                        .tune("clients.rate", "7", 0);
            }
        } finally {
            server.stop();
            guard.close();
        }
    }

    @Test
    void aUserThatTheConnectorHasAuthenticatedIsNamed() throws Exception {
        JMXAuthenticator anybody = credentials ->
                new Subject(true, Set.of(new JMXPrincipal(((String[]) credentials)[0])), Set.of(), Set.of());
        tuneOver(Map.of(JMXConnectorServer.AUTHENTICATOR, anybody), "alice");
        assertThat(who).containsExactly("alice");
    }

    @Test
    void withoutAuthenticationItIsJmx() throws Exception {
        tuneOver(Map.of(), "alice");
        assertThat(who).containsExactly("jmx");
    }
}
