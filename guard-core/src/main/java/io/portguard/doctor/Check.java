package io.portguard.doctor;

import java.util.function.Consumer;

/** A function from evidence to findings. Stateless. */
@FunctionalInterface
interface Check {

    void examine(Evidence evidence, Consumer<Finding> findings);
}
