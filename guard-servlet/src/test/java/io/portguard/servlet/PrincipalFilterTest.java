package io.portguard.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portguard.Attempt;
import io.portguard.Outcome;
import io.portguard.Reason;
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
import org.apache.catalina.authenticator.BasicAuthenticator;
import org.apache.catalina.realm.GenericPrincipal;
import org.apache.catalina.realm.RealmBase;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;

/** Clients told by their principals, whom Tomcat's own authenticator finds in a filter after the guard's. */
class PrincipalFilterTest {

    private final CountingRealm realm = new CountingRealm();

    /** Lets everybody in whose password is the name, and knows how often it was asked. */
    private static final class CountingRealm extends RealmBase {

        final AtomicInteger asked = new AtomicInteger();

        @Override
        public Principal authenticate(String name, String password) {
            asked.incrementAndGet();
            return name.equals(password) ? new GenericPrincipal(name, List.of()) : null;
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

    @Test
    void eachPrincipalHasItsOwnRateAndTheirAddressPaysForNone() throws Exception {
        try (RunningTomcat tomcat = server().setting("clients.rate", "1")
                        .setting("clients.burst", "2")
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            for (String name : List.of("ann", "bob", "eve")) {
                assertThat(status(client, name)).isEqualTo(200);
                assertThat(status(client, name)).isEqualTo(200);
                assertThat(status(client, name)).isEqualTo(429);
            }
            assertThat(tomcat.port.guard().counts(Attempt.Kind.REQUEST).rejected(Reason.CLIENT_RATE))
                    .isEqualTo(3);
            Await.until("all ended", () -> tomcat.ended.outcomes().size() == 9);
            assertThat(tomcat.ended.outcomes().stream().filter(Outcome.IGNORED::equals))
                    .hasSize(3);
        }
    }

    @Test
    void aFloodWithoutAPrincipalIsRefusedBeforeAnybodyIsAuthenticated() throws Exception {
        try (RunningTomcat tomcat = server().setting("clients.rate", "1")
                        .setting("clients.burst", "3")
                        .start();
                RawClient client = new RawClient(tomcat.localPort)) {
            for (int i = 0; i < 3; i++) {
                client.send("GET /ok HTTP/1.1", "Host: test", "Authorization: " + basic("mallory", "guess"), "");
                assertThat(client.read().status()).isEqualTo(401);
            }
            for (int i = 0; i < 20; i++) {
                client.send("GET /ok HTTP/1.1", "Host: test", "Authorization: " + basic("mallory", "guess"), "");
                assertThat(client.read().status()).isEqualTo(429);
            }
            assertThat(realm.asked).hasValue(3);
        }
    }

    @Test
    void whatIsDeniedOrBannedByAddressNeverAsksForAPrincipal() throws Exception {
        try (RunningTomcat tomcat = server().withoutConnectionLevel().start();
                RawClient client = new RawClient(tomcat.localPort)) {
            tomcat.port.ban(tomcat.port.identity().keyOf("127.0.0.1"), 60);
            assertThat(status(client, "ann")).isEqualTo(403);
            assertThat(realm.asked).hasValue(0);
            tomcat.port.unban(tomcat.port.identity().keyOf("127.0.0.1"));
            assertThat(status(client, "ann")).isEqualTo(200);
        }
    }

    @Test
    void aPrincipalIsBannedByItsNameAndNobodyElse() throws Exception {
        try (RunningTomcat tomcat = server().start();
                RawClient client = new RawClient(tomcat.localPort)) {
            tomcat.port.ban(tomcat.port.identity().keyOf("eve"), 60);
            assertThat(status(client, "eve")).isEqualTo(403);
            assertThat(status(client, "ann")).isEqualTo(200);
            Await.until("released", () -> tomcat.active(Attempt.Kind.REQUEST) == 0);
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

    private RunningServer.Setup server() {
        return RunningTomcat.with()
                .clock(() -> 0)
                .setting("clients.identify-by", "principal")
                .tomcat(this::authenticates)
                .filter(port -> PrincipalFilterTest::login)
                .filter(PrincipalFilter::new);
    }

    private void authenticates(Tomcat tomcat) {
        Context context = (Context) tomcat.getHost().findChildren()[0];
        context.setRealm(realm);
        context.getPipeline().addValve(new BasicAuthenticator());
    }

    private static void login(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (((HttpServletRequest) request).authenticate((HttpServletResponse) response)) {
            chain.doFilter(request, response);
        }
    }
}
