package io.portguard.spring;

import io.portguard.servlet.GuardFilter;
import io.portguard.servlet.PrincipalFilter;
import io.portguard.standard.StandardGuard;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingFilterBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of the filter that guards requests, first in the chain: what is refused costs nothing else.
 * Ordered before the server's own, whose filter for forwarded headers has the same order and would otherwise
 * come first and replace the peer's address.
 */
@AutoConfiguration(
        after = GuardAutoConfiguration.class,
        beforeName = {
            "org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration",
            "org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration"
        })
@ConditionalOnClass({Filter.class, FilterRegistrationBean.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(StandardGuard.class)
public final class GuardServletAutoConfiguration {

    @Bean
    @ConditionalOnMissingFilterBean
    FilterRegistrationBean<GuardFilter> guardFilter(StandardGuard guard) {
        FilterRegistrationBean<GuardFilter> registration = new FilterRegistrationBean<>(new GuardFilter(guard));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        registration.setAsyncSupported(true);
        // A permit is held until the response ends, whatever dispatches come between; none of those acquires.
        registration.setDispatcherTypes(DispatcherType.REQUEST);
        return registration;
    }

    /** Right after Spring Security's filter, which finds out who it is. */
    @Bean
    @ConditionalOnMissingFilterBean
    @ConditionalOnProperty(name = "guard.clients.identify-by", havingValue = "principal")
    FilterRegistrationBean<PrincipalFilter> guardPrincipalFilter(StandardGuard guard, Environment environment) {
        FilterRegistrationBean<PrincipalFilter> registration = new FilterRegistrationBean<>(new PrincipalFilter(guard));
        registration.setOrder(environment.getProperty(
                        "spring.security.filter.order", Integer.class, GuardAutoConfiguration.SPRING_SECURITY_ORDER)
                + 1);
        registration.setAsyncSupported(true);
        registration.setDispatcherTypes(DispatcherType.REQUEST);
        return registration;
    }

    /** Not lazy: nothing of the service asks for it. */
    @Bean
    @Lazy(false)
    @ConditionalOnMissingBean
    @ConditionalOnClass(WebServerApplicationContext.class)
    ServerNotice guardServerNotice(ApplicationContext context, StandardGuard guard) {
        return new ServerNotice(context, guard);
    }
}
