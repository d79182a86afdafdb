/**
 * Bulkheads, rate limiters and circuit breakers of resilience4j as rules of a guard. The only package that sees
 * resilience4j, which is optional: each class needs the library's module of its own name.
 */
@NullMarked
package io.portguard.resilience4j;

import org.jspecify.annotations.NullMarked;
