package io.portguard.spring;

import io.portguard.rule.ScanWatch;
import io.portguard.settings.InvalidSettingException;
import io.portguard.standard.StandardGuard;
import io.portguard.standard.StandardSettings;
import java.util.Map;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Fallback;

/**
 * Auto-configuration of the guard of a management port of its own, which looks at connections alone: probes and
 * operators are to come through just when the service is overloaded.
 */
@AutoConfiguration(after = GuardAutoConfiguration.class)
@Conditional(OnGuardEnabled.class)
@ConditionalOnWebApplication
@ConditionalOnClass({ConditionalOnManagementPort.class, ManagementPortType.class})
@ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
@ConditionalOnProperty(name = "guard.management.enabled", matchIfMissing = true)
public final class GuardManagementAutoConfiguration {

    /** The name of the guard of a service's management port. */
    static final String MANAGEMENT_PORT = "management";

    static final String GUARD = "managementGuard";

    /** More than probes, scrapers and operators open, and few beside what the service itself may have. */
    private static final String MOST_CONNECTIONS = "1000";

    /** A fallback, so that whoever asks for the guard gets that of the main port. */
    @Bean(GUARD)
    @Fallback
    @ConditionalOnMissingBean(name = GUARD)
    StandardGuard managementGuard(GuardProperties properties, ScanWatch scans) {
        try {
            return StandardGuard.builder(MANAGEMENT_PORT)
                    .defaults(Map.of(
                            StandardSettings.CONNECTIONS_MAX.name(),
                            MOST_CONNECTIONS,
                            StandardSettings.SHEDDING_ENABLED.name(),
                            "false"))
                    .configure(properties.management().settings())
                    .scans(scans)
                    .build();
        } catch (InvalidSettingException wrong) {
            throw new InvalidGuardPropertyException(KnownProperties.MANAGEMENT, wrong);
        }
    }
}
