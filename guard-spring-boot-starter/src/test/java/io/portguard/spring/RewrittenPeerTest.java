package io.portguard.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.filter.ForwardedHeaderFilter;

/** Forwarded headers that somebody has believed before the guard could judge them. */
@ExtendWith(OutputCaptureExtension.class)
class RewrittenPeerTest {

    private static final String WARNING = "requests reach the guard with an address taken from a forwarded header";

    private static final String FILTER_ALONE =
            GuardedService.ON_TOMCAT + "," + GuardTomcatAutoConfiguration.class.getName();

    @Test
    void isWarnedOfOnceBehindTheContainersOwnSupport(CapturedOutput output) throws Exception {
        try (GuardedService service = GuardedService.start(FILTER_ALONE, "server.forward-headers-strategy=native")) {
            forwarded(service);
            forwarded(service);
        }
        assertThat(output).containsOnlyOnce(WARNING);
    }

    @Test
    void isWarnedOfOnceBehindAFilterThatCameFirst(CapturedOutput output) throws Exception {
        try (GuardedService service = GuardedService.start(List.of(FilterBeforeTheGuard.class), FILTER_ALONE)) {
            forwarded(service);
            forwarded(service);
        }
        assertThat(output).containsOnlyOnce(WARNING);
    }

    @Test
    void isNoMatterWhereTheGuardsFilterComesFirst(CapturedOutput output) throws Exception {
        try (GuardedService service = GuardedService.start(FILTER_ALONE, "server.forward-headers-strategy=framework")) {
            forwarded(service);
        }
        assertThat(output).doesNotContain(WARNING);
    }

    @Test
    void isNoMatterWhereConnectionsTellThePeer(CapturedOutput output) throws Exception {
        try (GuardedService tomcat = GuardedService.start("server.forward-headers-strategy=native");
                GuardedService jetty = GuardedService.startOnJetty("server.forward-headers-strategy=native");
                GuardedService filter = GuardedService.start(List.of(FilterBeforeTheGuard.class))) {
            forwarded(tomcat);
            forwarded(jetty);
            forwarded(filter);
        }
        assertThat(output).doesNotContain(WARNING);
    }

    private static void forwarded(GuardedService service) throws Exception {
        try (RawConnection client = new RawConnection(service.port())) {
            assertThat(client.request("GET", "/hello", "X-Forwarded-For: 203.0.113.7")
                            .response())
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class FilterBeforeTheGuard {

        @Bean
        FilterRegistrationBean<ForwardedHeaderFilter> believing() {
            FilterRegistrationBean<ForwardedHeaderFilter> first =
                    new FilterRegistrationBean<>(new ForwardedHeaderFilter());
            first.setOrder(Ordered.HIGHEST_PRECEDENCE);
            return first;
        }
    }
}
