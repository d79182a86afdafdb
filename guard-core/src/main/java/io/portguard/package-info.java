/**
 * The few types that a user of Portguard meets: a {@link io.portguard.Guard} answers an {@link
 * io.portguard.Attempt} with a {@link io.portguard.Decision}, a permit or a rejection that says why.
 */
@NullMarked
package io.portguard;

import org.jspecify.annotations.NullMarked;
