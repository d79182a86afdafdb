/** Open connections: what each is doing, how long it may do so, and which of them go when there is no room. */
@NullMarked
package io.portguard.connection;

import org.jspecify.annotations.NullMarked;
