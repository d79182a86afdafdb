package io.portguard.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;

/** How failures write of a property: its name, its value, and where it comes from. */
final class PropertyText {

    private PropertyText() {}

    static String of(String name, ConfigurationProperty property) {
        return of(name, String.valueOf(property.getValue()), property.getOrigin());
    }

    static String of(String name, String value, @Nullable Origin origin) {
        return name + ": \"" + value + "\"" + (origin == null ? "" : " (from " + origin + ")");
    }

    static FailureAnalysis analysis(String property, String expected, Throwable failure) {
        return new FailureAnalysis(
                "The guard cannot be configured with " + property + "; expected is " + expected + ".",
                "Correct the value, or remove the property to have its default.",
                failure);
    }
}
