package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.userdetails.ReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import reactor.core.publisher.Mono;

/** Clients told by the principals that Spring Security authenticates, as its auto-configuration has it. */
class SpringSecurityTest {

    /** Next to none comes back while a test runs. */
    private static final String RATE = "guard.clients.rate=0.001";

    private static final AtomicInteger LOOKED_UP = new AtomicInteger();

    /** What a service runs on. */
    enum Server {
        TOMCAT {
            @Override
            GuardedService start(String... properties) {
                return GuardedService.start(List.of(Users.class), with(properties, GuardedService.ON_TOMCAT));
            }
        },
        JETTY {
            @Override
            GuardedService start(String... properties) {
                return GuardedService.start(List.of(Users.class), with(properties, GuardedService.ON_JETTY));
            }
        },
        REACTOR_NETTY {
            @Override
            GuardedService start(String... properties) {
                return GuardedService.startReactive(List.of(ReactiveUsers.class), with(properties));
            }
        };

        abstract GuardedService start(String... properties);

        static String[] with(String[] properties, String... more) {
            Stream<String> usual = Stream.of(
                    SecurityWhereAskedFor.PROPERTY + "=true",
                    "guard.clients.identify-by=principal",
                    "guard.clients.fair-share=false",
                    "guard.shedding.enabled=false");
            return Stream.of(usual, Arrays.stream(more), Arrays.stream(properties))
                    .flatMap(all -> all)
                    .toArray(String[]::new);
        }
    }

    /** Everybody's password is the name. */
    static class Users {

        @Bean
        UserDetailsService users() {
            return SpringSecurityTest::lookUp;
        }
    }

    /** The same. */
    static class ReactiveUsers {

        @Bean
        ReactiveUserDetailsService users() {
            return name -> Mono.fromSupplier(() -> lookUp(name));
        }
    }

    private static UserDetails lookUp(String name) {
        LOOKED_UP.incrementAndGet();
        return User.withUsername(name).password("{noop}" + name).build();
    }

    @ParameterizedTest
    @EnumSource
    void eachPrincipalHasItsOwnRateAndTheirAddressPaysForNone(Server server) {
        try (GuardedService service = server.start(RATE, "guard.clients.burst=2")) {
            for (String name : List.of("ann", "bob", "eve")) {
                assertThat(status(service, name, name)).isEqualTo(200);
                assertThat(status(service, name, name)).isEqualTo(200);
                assertThat(status(service, name, name)).isEqualTo(429);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFloodOfWrongPasswordsIsRefusedBeforeAnybodyIsLookedUp(Server server) {
        try (GuardedService service = server.start(RATE, "guard.clients.burst=3")) {
            int before = LOOKED_UP.get();
            for (int i = 0; i < 3; i++) {
                assertThat(status(service, "mallory", "guess")).isEqualTo(401);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(status(service, "mallory", "guess")).isEqualTo(429);
            }
            assertThat(LOOKED_UP.get() - before).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPrincipalIsBannedByItsNameAndNobodyElse(Server server) {
        try (GuardedService service = server.start()) {
            service.guard().ban(service.guard().identity().keyOf("eve"), 60);
            assertThat(status(service, "eve", "eve")).isEqualTo(403);
            assertThat(status(service, "ann", "ann")).isEqualTo(200);
        }
    }

    /** On servlets its place can be chosen. */
    @Test
    void whereverItsFilterStandsItsPrincipalIsAskedFor() {
        try (GuardedService service =
                Server.TOMCAT.start("spring.security.filter.order=50", RATE, "guard.clients.burst=1")) {
            assertThat(status(service, "ann", "ann")).isEqualTo(200);
            assertThat(status(service, "ann", "ann")).isEqualTo(429);
            assertThat(status(service, "bob", "bob")).isEqualTo(200);
        }
    }

    private static int status(GuardedService service, String name, String password) {
        String credentials =
                Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
        return service.get("/hello", "Authorization", "Basic " + credentials).statusCode();
    }
}
