/**
 * A discrete-event simulation, in virtual time, of services behind the real guard: its rules, limits, client
 * table and shedding run as they do in a service, on a clock that the simulation moves.
 */
@NullMarked
package io.portguard.benchmarks.sim;

import org.jspecify.annotations.NullMarked;
