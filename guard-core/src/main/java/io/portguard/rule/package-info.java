/** The rules a guard is composed of, and what they remember of each client. */
@NullMarked
package io.portguard.rule;

import org.jspecify.annotations.NullMarked;
