package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Reason;
import io.portguard.servlet.RunningServer.Container;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.Context;
import org.apache.catalina.realm.GenericPrincipal;
import org.apache.catalina.realm.RealmBase;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.security.ConstraintSecurityHandler;
import org.eclipse.jetty.security.AbstractLoginService;
import org.eclipse.jetty.security.RolePrincipal;
import org.eclipse.jetty.security.UserPrincipal;
import org.eclipse.jetty.security.authentication.BasicAuthenticator;
import org.eclipse.jetty.util.security.Password;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients told by their principals, whom the container's own authenticator finds in a filter after the guard's. */
class PrincipalFilterTest {

    private final AtomicInteger asked = new AtomicInteger();

    /** Lets everybody in whose password is the name. */
    private final class TomcatUsers extends RealmBase {

        @Override
        public @Nullable Principal authenticate(String name, String password) {
            asked.incrementAndGet();
            return name.equals(password) ? getPrincipal(name) : null;
        }

        @Override
        protected String getPassword(String name) {
            return name;
        }

        @Override
        protected Principal getPrincipal(String name) {
            return new GenericPrincipal(name, List.of());
        }
    }

    /** The same. */
    private final class JettyUsers extends AbstractLoginService {

        @Override
        protected List<RolePrincipal> loadRoleInfo(UserPrincipal user) {
            return List.of();
        }

        @Override
        protected UserPrincipal loadUserInfo(String name) {
            asked.incrementAndGet();
            return new UserPrincipal(name, new Password(name));
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachPrincipalHasItsOwnRateAndTheirAddressPaysForNone(Container container) throws Exception {
        try (RunningServer server =
                        container.start(service().setting("clients.rate", "1").setting("clients.burst", "2"));
                RawClient client = new RawClient(server.localPort())) {
            for (String name : List.of("ann", "bob", "eve")) {
                assertThat(status(client, name)).isEqualTo(200);
                assertThat(status(client, name)).isEqualTo(200);
                assertThat(status(client, name)).isEqualTo(429);
            }
            assertThat(server.port.guard().counts(Attempt.Kind.REQUEST).rejected(Reason.CLIENT_RATE))
                    .isEqualTo(3);
            Await.until("all ended", () -> server.ended.outcomes().size() == 9);
            assertThat(server.ended.outcomes().stream().filter(Outcome.IGNORED::equals))
                    .hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFloodWithoutAPrincipalIsRefusedBeforeAnybodyIsAuthenticated(Container container) throws Exception {
        try (RunningServer server =
                        container.start(service().setting("clients.rate", "1").setting("clients.burst", "3"));
                RawClient client = new RawClient(server.localPort())) {
            for (int i = 0; i < 3; i++) {
                client.send("GET /ok HTTP/1.1", "Host: test", "Authorization: " + basic("mallory", "guess"), "");
                assertThat(client.read().status()).isEqualTo(401);
            }
            for (int i = 0; i < 20; i++) {
                client.send("GET /ok HTTP/1.1", "Host: test", "Authorization: " + basic("mallory", "guess"), "");
                assertThat(client.read().status()).isEqualTo(429);
            }
            assertThat(asked).hasValue(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDeniedOrBannedByAddressNeverAsksForAPrincipal(Container container) throws Exception {
        try (RunningServer server = container.start(service().withoutConnectionLevel());
                RawClient client = new RawClient(server.localPort())) {
            server.port.ban(server.port.identity().keyOf("127.0.0.1"), 60);
            assertThat(status(client, "ann")).isEqualTo(403);
            assertThat(asked).hasValue(0);
            server.port.unban(server.port.identity().keyOf("127.0.0.1"));
            assertThat(status(client, "ann")).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPrincipalIsBannedByItsNameAndNobodyElse(Container container) throws Exception {
        try (RunningServer server = container.start(service());
                RawClient client = new RawClient(server.localPort())) {
            server.port.ban(server.port.identity().keyOf("eve"), 60);
            assertThat(status(client, "eve")).isEqualTo(403);
            assertThat(status(client, "ann")).isEqualTo(200);
            Await.until("released", () -> server.active(Attempt.Kind.REQUEST) == 0);
        }
    }

    private static int status(RawClient client, String name) throws Exception {
        client.send("GET /ok HTTP/1.1", "Host: test", "Authorization: " + basic(name, name), "");
        return client.read().status();
    }

    private static String basic(String name, String password) {
        return "Basic "
                + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.US_ASCII));
    }

    private RunningServer.Setup service() {
        return RunningServer.with()
                .clock(() -> 0)
                .setting("clients.identify-by", "principal")
                .tomcat(this::authenticates)
                .jettyContext(this::authenticates)
                .filter(port -> PrincipalFilterTest::login)
                .filter(PrincipalFilter::new);
    }

    private void authenticates(Tomcat tomcat) {
        Context context = (Context) tomcat.getHost().findChildren()[0];
        context.setRealm(new TomcatUsers());
        context.getPipeline().addValve(new org.apache.catalina.authenticator.BasicAuthenticator());
    }

    private void authenticates(ServletContextHandler context) {
        ConstraintSecurityHandler security = new ConstraintSecurityHandler();
        security.setAuthenticator(new BasicAuthenticator());
        security.setLoginService(new JettyUsers());
        context.setSecurityHandler(security);
    }

    private static void login(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (((HttpServletRequest) request).authenticate((HttpServletResponse) response)) {
            chain.doFilter(request, response);
        }
    }
}
