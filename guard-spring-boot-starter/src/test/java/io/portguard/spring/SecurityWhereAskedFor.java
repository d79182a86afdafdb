package io.portguard.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/** Spring Security locks every service that it is on the class path of; the tests' own only when they say so. */
public final class SecurityWhereAskedFor implements AutoConfigurationImportFilter, EnvironmentAware {

    static final String PROPERTY = "test.security";

    private boolean asked;

    @Override
    public void setEnvironment(Environment environment) {
        asked = environment.getProperty(PROPERTY, Boolean.class, false);
    }

    @Override
    public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
        boolean[] wanted = new boolean[classes.length];
        for (int i = 0; i < classes.length; i++) {
            String name = classes[i];
            wanted[i] = asked || name == null || !(name.contains("Security") || name.contains("UserDetails"));
        }
        return wanted;
    }
}
