/**
 * The guard in servlet containers: {@link io.portguard.servlet.GuardFilter} for requests, and what a container
 * whose connections are guarded as well has in common with others.
 */
@NullMarked
package io.portguard.servlet;

import org.jspecify.annotations.NullMarked;
