/** A guarded Spring Boot service. */
@NullMarked
package io.portguard.samples.spring;

import org.jspecify.annotations.NullMarked;
