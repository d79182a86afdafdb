/**
 * The guard inside Tomcat: connections are decided when they are accepted, before a processor or a thread is
 * taken, and a refused request does not cost its connection.
 */
@NullMarked
package io.portguard.servlet.tomcat;

import org.jspecify.annotations.NullMarked;
