package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.portguard.Attempt;
import io.portguard.ClientKey;
import io.portguard.GuardListener;
import io.portguard.Outcome;
import io.portguard.Permit;
import io.portguard.Priority;
import io.portguard.Reason;
import io.portguard.Rejection;
import io.portguard.Rule;
import io.portguard.Verdict;
import io.portguard.pressure.PressureSource;
import io.portguard.servlet.GuardFilter;
import io.portguard.servlet.PrincipalFilter;
import io.portguard.servlet.tomcat.GuardedHttp11NioProtocol;
import io.portguard.spring.webflux.PrincipalWebFilter;
import io.portguard.standard.StandardGuard;
import io.portguard.standard.StandardSettings;
import jakarta.servlet.DispatcherType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

class GuardAutoConfigurationTest {

    private static final AutoConfigurations AUTO_CONFIGURATIONS = AutoConfigurations.of(
            GuardAutoConfiguration.class,
            GuardEndpointAutoConfiguration.class,
            GuardMetricsAutoConfiguration.class,
            GuardServletAutoConfiguration.class,
            GuardTomcatAutoConfiguration.class);

    private final ApplicationContextRunner plain =
            new ApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS);
    private final WebApplicationContextRunner web = new WebApplicationContextRunner()
            .withConfiguration(AUTO_CONFIGURATIONS)
            .withPropertyValues("management.endpoints.web.exposure.include=guard");

    @Test
    void wiresEverythingIntoAWebService() {
        web.run(context -> assertThat(context)
                .hasSingleBean(StandardGuard.class)
                .hasSingleBean(JmxRegistration.class)
                .hasSingleBean(GuardEndpoint.class)
                .hasSingleBean(TomcatConnectionGuard.class)
                .hasBean("guardMetrics")
                .hasBean("guardFilter"));
    }

    @ParameterizedTest
    @ValueSource(ints = {-100, 7})
    void principalsAreAskedForRightAfterTheyAreAuthenticated(int order) {
        web.withPropertyValues("guard.clients.identify-by=principal", "spring.security.filter.order=" + order)
                .run(context -> {
                    FilterRegistrationBean<?> filter =
                            context.getBean("guardPrincipalFilter", FilterRegistrationBean.class);
                    assertThat(filter.getFilter()).isInstanceOf(PrincipalFilter.class);
                    assertThat(filter.getOrder()).isEqualTo(order + 1);
                });
        web.run(context -> assertThat(context).hasBean("guardFilter").doesNotHaveBean("guardPrincipalFilter"));
    }

    @Test
    void principalsAreAskedForOnWebFlux() {
        ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(GuardAutoConfiguration.class, GuardWebFluxAutoConfiguration.class));
        reactive.withPropertyValues("guard.clients.identify-by=principal")
                .run(context -> assertThat(context).hasSingleBean(PrincipalWebFilter.class));
        reactive.run(context ->
                assertThat(context).hasBean("guardHttpHandlerDecorator").doesNotHaveBean(PrincipalWebFilter.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "no", "off"})
    void wiresNothingWhenDisabled(String disabled) {
        web.withPropertyValues("guard.enabled=" + disabled, "guard.no-such-thing=1")
                .run(context -> assertThat(context.getBeanDefinitionNames())
                        .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("guard")));
    }

    @Test
    void wiresOnlyTheGuardWhereThereIsNoServer() {
        plain.run(context -> assertThat(context)
                .hasSingleBean(StandardGuard.class)
                .doesNotHaveBean(FilterRegistrationBean.class)
                .doesNotHaveBean(GuardEndpoint.class));
    }

    @Test
    void doesWithoutMicrometerActuatorAndTomcat() {
        web.withClassLoader(new FilteredClassLoader(MeterBinder.class, WebEndpoint.class, Tomcat.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasBean("guardFilter")
                        .doesNotHaveBean("guardMetrics")
                        .doesNotHaveBean("guardEndpoint")
                        .doesNotHaveBean("tomcatConnectionGuard"));
    }

    @Test
    void leavesTheEndpointOutUnlessItIsExposed() {
        new WebApplicationContextRunner()
                .withConfiguration(AUTO_CONFIGURATIONS)
                .run(context -> assertThat(context).doesNotHaveBean(GuardEndpoint.class));
    }

    @Test
    void putsTheFilterFirstAndOnRequestsAlone() {
        web.run(context -> {
            FilterRegistrationBean<?> registration = context.getBean("guardFilter", FilterRegistrationBean.class);
            assertThat(registration.getOrder()).isEqualTo(Ordered.HIGHEST_PRECEDENCE);
            assertThat(registration.isAsyncSupported()).isTrue();
            assertThat(registration.getFilter()).isInstanceOf(GuardFilter.class);
            assertThat(registration.determineDispatcherTypes()).isEqualTo(EnumSet.of(DispatcherType.REQUEST));
        });
    }

    @Test
    void backsOffForAGuardOfTheUser() {
        web.withBean(
                        "own",
                        StandardGuard.class,
                        () -> StandardGuard.builder("own").build())
                .run(context -> assertThat(
                                context.getBean(StandardGuard.class).guard().name())
                        .isEqualTo("own"));
    }

    @Test
    void backsOffForAFilterOfTheUser() {
        web.withUserConfiguration(OwnFilter.class)
                .run(context ->
                        assertThat(context).doesNotHaveBean("guardFilter").hasSingleBean(GuardFilter.class));
    }

    @Test
    void speaksTheGuardedProtocolUnlessAnotherWasChosen() {
        web.run(context -> {
            TomcatConnectionGuard customizer = context.getBean(TomcatConnectionGuard.class);
            TomcatServletWebServerFactory usual = new TomcatServletWebServerFactory();
            customizer.customize(usual);
            assertThat(usual.getProtocol()).isEqualTo(GuardedHttp11NioProtocol.class.getName());

            TomcatServletWebServerFactory chosen = new TomcatServletWebServerFactory();
            chosen.setProtocol("org.apache.coyote.http11.Http11Nio2Protocol");
            customizer.customize(chosen);
            assertThat(chosen.getProtocol()).isEqualTo("org.apache.coyote.http11.Http11Nio2Protocol");
        });
    }

    @Test
    void takesListenersSourcesRulesAndCustomizersFromBeans() {
        plain.withUserConfiguration(UserBeans.class).run(context -> {
            StandardGuard port = context.getBean(StandardGuard.class);
            Attempt request = request(port);
            assertThat(port.guard().tryAdmit(request))
                    .isInstanceOfSatisfying(
                            Rejection.class,
                            rejection -> assertThat(rejection.reason()).isEqualTo(Reason.BANNED));
            Attempt connection = Attempt.connection(request.client(), null);
            assertThat(port.guard().tryAdmit(connection))
                    .isInstanceOfSatisfying(Permit.class, permit -> permit.release(Outcome.SUCCESS));
            assertThat(context.getBean(UserBeans.class).heard).containsExactly("refused", "admitted", "released");
            assertThat(port.pressure().sources()).contains("weather");
            assertThat(port.settings().text(StandardSettings.CLIENTS_BURST)).isEqualTo("7");
            assertThat(port.status().activeRequests()).isZero();
        });
    }

    @Test
    void failsForACustomizersSettingAsForAProperty() {
        plain.withBean(GuardCustomizer.class, () -> builder -> builder.configure(Map.of("mode", "loud")))
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage("mode: \"loud\" (expected: enforce, shadow or off)"));
    }

    private static Attempt request(StandardGuard port) {
        return Attempt.request(port.guard().client(ClientKey.named("somebody")), null, Priority.NORMAL);
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnFilter {

        @Bean
        FilterRegistrationBean<GuardFilter> own(StandardGuard guard) {
            FilterRegistrationBean<GuardFilter> registration = new FilterRegistrationBean<>(new GuardFilter(guard));
            registration.setOrder(0);
            return registration;
        }

        @Bean
        GuardFilter filter(StandardGuard guard) {
            return new GuardFilter(guard);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class UserBeans {

        private final List<String> heard = new ArrayList<>();

        @Bean
        @ForRequests
        Rule noRequests() {
            return refusing();
        }

        @Bean
        Rule ofAnotherGuard() {
            return refusing();
        }

        @Bean
        @ForConnections
        Rule anyConnection() {
            return new Rule() {
                @Override
                public String name() {
                    return "any";
                }

                @Override
                public Verdict tryAcquire(Attempt attempt, long nowNanos) {
                    return Verdict.pass();
                }
            };
        }

        private static Rule refusing() {
            return new Rule() {
                @Override
                public String name() {
                    return "none";
                }

                @Override
                public Verdict tryAcquire(Attempt attempt, long nowNanos) {
                    return Rejection.of(Reason.BANNED);
                }
            };
        }

        @Bean
        GuardListener listener() {
            return new GuardListener() {
                @Override
                public void admitted(Attempt attempt) {
                    heard.add("admitted");
                }

                @Override
                public void rejected(Attempt attempt, Rejection rejection, boolean enforced) {
                    heard.add("refused");
                }

                @Override
                public void released(Attempt attempt, Outcome outcome, long durationNanos) {
                    heard.add("released");
                }
            };
        }

        @Bean
        PressureSource weather() {
            return new PressureSource() {
                @Override
                public String name() {
                    return "weather";
                }

                @Override
                public double sample(long nowNanos) {
                    return 0;
                }
            };
        }

        @Bean
        GuardCustomizer burst() {
            return builder -> builder.configure(Map.of("clients.rate", "7", "clients.burst", "7"));
        }
    }
}
