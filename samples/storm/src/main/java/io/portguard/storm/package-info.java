/**
 * The storm: floods a service first without and then with its guard, and shows the difference.
 *
 * <p>{@link io.portguard.storm.Storm} is the command. A {@link io.portguard.storm.Scenario} says what is sent, a
 * {@link io.portguard.storm.ServerProcess} is what it is sent to, an {@link io.portguard.storm.Observation} is what
 * came of it, and {@link io.portguard.storm.Figures} is what is said about it.
 */
@NullMarked
package io.portguard.storm;

import org.jspecify.annotations.NullMarked;
