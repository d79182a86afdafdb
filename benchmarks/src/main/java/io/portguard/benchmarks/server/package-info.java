/** Servers in processes of their own, measured from outside: what refusing costs, what being guarded costs. */
@NullMarked
package io.portguard.benchmarks.server;

import org.jspecify.annotations.NullMarked;
