/** The guard on Netty: connections are decided at the server channel, requests behind the HTTP codec. */
@NullMarked
package io.portguard.netty;

import org.jspecify.annotations.NullMarked;
