/** What Linux shows of itself below {@code /proc}: sockets, counters, kernel settings, processes, memory limits. */
@NullMarked
package io.portguard.proc;

import org.jspecify.annotations.NullMarked;
