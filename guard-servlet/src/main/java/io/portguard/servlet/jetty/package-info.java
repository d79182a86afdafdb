/**
 * The guard inside Jetty: connections are decided when they are accepted, before an end point or a thread is taken,
 * and told how long they may take for what they do.
 */
@NullMarked
package io.portguard.servlet.jetty;

import org.jspecify.annotations.NullMarked;
