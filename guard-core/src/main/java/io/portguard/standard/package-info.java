/**
 * The standard guard: the rules that the settings describe, composed once and for every adapter.
 */
@NullMarked
package io.portguard.standard;

import org.jspecify.annotations.NullMarked;
