package io.portguard.spring;

import io.portguard.settings.InvalidSettingException;

/** Says which {@code guard.*} property is wrong, what it is, and what was expected. */
final class InvalidGuardPropertyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final InvalidSettingException wrong;

    InvalidGuardPropertyException(InvalidSettingException wrong) {
        super(sentence(wrong), wrong);
        this.wrong = wrong;
    }

    /** Whether every property is right by itself and they do not fit together; no single one is to be named then. */
    boolean isRelation() {
        return isRelation(wrong);
    }

    private static boolean isRelation(InvalidSettingException wrong) {
        return wrong.setting().indexOf(' ') >= 0;
    }

    private static String sentence(InvalidSettingException wrong) {
        return isRelation(wrong)
                ? "guard.* properties do not fit together (expected: " + wrong.expected() + ")"
                : KnownProperties.PREFIX + wrong.getMessage();
    }

    InvalidSettingException wrong() {
        return wrong;
    }
}
