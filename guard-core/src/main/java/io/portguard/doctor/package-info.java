/**
 * Preflight and diagnosis of a port: what an operator would find with {@code ss} and {@code /proc}, and what it means.
 *
 * <p>{@link io.portguard.doctor.Doctor} looks twice and makes an {@link io.portguard.doctor.Evidence} of it; the checks
 * are functions from evidence to findings; reports write a {@link io.portguard.doctor.Diagnosis} for people or machines.
 */
@NullMarked
package io.portguard.doctor;

import org.jspecify.annotations.NullMarked;
