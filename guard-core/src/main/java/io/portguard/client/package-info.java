/** Who is calling: from addresses, trusted proxies and forwarded headers to a {@link io.portguard.ClientKey}. */
@NullMarked
package io.portguard.client;

import org.jspecify.annotations.NullMarked;
