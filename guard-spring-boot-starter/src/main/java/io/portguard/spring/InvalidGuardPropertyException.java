package io.portguard.spring;

import io.portguard.settings.InvalidSettingException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Says which {@code guard.*} properties are wrong, what they are, and what was expected. */
final class InvalidGuardPropertyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String prefix;
    private final InvalidSettingException wrong;

    /** @param prefix of the properties of the guard in question, with a dot at its end */
    InvalidGuardPropertyException(String prefix, InvalidSettingException wrong) {
        super(prefix + wrong.getMessage(), wrong);
        this.prefix = prefix;
        this.wrong = wrong;
    }

    /** What is not acceptable, by property; more than one when each is right by itself. */
    Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        wrong.values().forEach((setting, value) -> values.put(prefix + setting, value));
        return values;
    }

    String expected() {
        return wrong.expected();
    }
}
