/** Benchmarks of Portguard beside its peers; see {@code benchmarks/run}. */
@NullMarked
package io.portguard.benchmarks;

import org.jspecify.annotations.NullMarked;
