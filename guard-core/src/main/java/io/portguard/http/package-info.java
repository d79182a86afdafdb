/** What every HTTP adapter shares: how a request becomes an attempt, and what a refusal looks like. */
@NullMarked
package io.portguard.http;

import org.jspecify.annotations.NullMarked;
