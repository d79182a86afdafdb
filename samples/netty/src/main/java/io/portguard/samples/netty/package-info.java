/** A small HTTP service on Netty and the guard on its port. */
@NullMarked
package io.portguard.samples.netty;

import org.jspecify.annotations.NullMarked;
