/** The guard in JMX: its state, its settings, and what can be done to it while it runs. */
@NullMarked
package io.portguard.jmx;

import org.jspecify.annotations.NullMarked;
