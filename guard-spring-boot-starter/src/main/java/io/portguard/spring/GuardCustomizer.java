package io.portguard.spring;

import io.portguard.standard.StandardGuardBuilder;

/**
 * Changes the guard before it is built. Beans of this type are called in their order, after the properties and
 * the beans of other types have been applied.
 */
@FunctionalInterface
public interface GuardCustomizer {

    /** Called once, with the builder of the guard {@code server}. */
    void customize(StandardGuardBuilder builder);
}
