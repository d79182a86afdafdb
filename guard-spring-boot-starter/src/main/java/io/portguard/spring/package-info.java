/**
 * Spring Boot auto-configuration: a service with the starter has its main port guarded, and {@code guard.*}
 * properties configure how.
 */
@NullMarked
package io.portguard.spring;

import org.jspecify.annotations.NullMarked;
