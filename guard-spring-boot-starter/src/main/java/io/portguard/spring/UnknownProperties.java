package io.portguard.spring;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

/**
 * Finds {@code guard.*} properties that do not exist, and fails the start when there are some: a limit that is
 * misspelled is a limit that is missing. Environment variables and system properties are not looked through, for
 * other programs may begin theirs with {@code GUARD_} too.
 */
final class UnknownProperties {

    private static final ConfigurationPropertyName GUARD = ConfigurationPropertyName.of("guard");

    UnknownProperties(Environment environment) {
        UnboundElementsSourceFilter filter = new UnboundElementsSourceFilter();
        List<ConfigurationPropertyName> known = KnownProperties.all().stream()
                .map(ConfigurationPropertyName::of)
                .toList();
        Map<ConfigurationPropertyName, ConfigurationProperty> unknown = new LinkedHashMap<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable && filter.apply(source)) {
                iterable.stream()
                        .filter(name -> GUARD.isAncestorOf(name) && !isKnown(known, name))
                        .forEach(name -> unknown.putIfAbsent(name, iterable.getConfigurationProperty(name)));
            }
        }
        if (!unknown.isEmpty()) {
            throw new UnknownPropertiesException(unknown.values().stream()
                    .map(UnknownProperties::sentence)
                    .collect(Collectors.joining(System.lineSeparator())));
        }
    }

    /** A name, one that it lies below, as {@code guard.clients} with nothing in it, or an element of a list. */
    private static boolean isKnown(List<ConfigurationPropertyName> known, ConfigurationPropertyName name) {
        ConfigurationPropertyName plain = withIndexZero(name);
        ConfigurationPropertyName list = name.isLastElementIndexed() ? name.getParent() : plain;
        return known.stream()
                .anyMatch(candidate ->
                        candidate.equals(plain) || candidate.equals(list) || plain.isAncestorOf(candidate));
    }

    private static ConfigurationPropertyName withIndexZero(ConfigurationPropertyName name) {
        ConfigurationPropertyName plain = ConfigurationPropertyName.EMPTY;
        for (int i = 0; i < name.getNumberOfElements(); i++) {
            boolean index = name.isNumericIndex(i);
            plain = plain.append(index ? "[0]" : name.getElement(i, ConfigurationPropertyName.Form.ORIGINAL));
        }
        return plain;
    }

    private static String sentence(ConfigurationProperty property) {
        String name = property.getName().toString();
        return "There is no property " + PropertyText.of(name, property) + "; the nearest are "
                + String.join(", ", KnownProperties.nearest(name)) + ".";
    }

    /** Says which properties do not exist, a sentence for each. */
    static final class UnknownPropertiesException extends IllegalArgumentException {

        private static final long serialVersionUID = 1;

        private UnknownPropertiesException(String sentences) {
            super(sentences);
        }
    }
}
