package io.portguard;

/**
 * The answer of a guard to an attempt: a {@link Permit}, to be released when the admitted work has ended,
 * or a {@link Rejection}, which needs nothing further.
 */
public sealed interface Decision permits Permit, Rejection {}
