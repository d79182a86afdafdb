/**
 * A service under overload: Portguard beside its peers, each in a process of its own, under the same scenarios. The
 * storm sample plays the same scenarios with a picture.
 */
@org.jspecify.annotations.NullMarked
package io.portguard.benchmarks.overload;
