/** The guard on WebFlux: requests are decided before the first filter, whatever the server is. */
@NullMarked
package io.portguard.spring.webflux;

import org.jspecify.annotations.NullMarked;
