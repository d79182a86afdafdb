/**
 * An open-loop HTTP load generator, and a closed-loop one to measure a service's capacity. Start at {@link
 * io.portguard.benchmarks.load.OpenLoop} and {@link io.portguard.benchmarks.load.LoadPlan}.
 */
@NullMarked
package io.portguard.benchmarks.load;

import org.jspecify.annotations.NullMarked;
