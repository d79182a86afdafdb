/**
 * What is told from the first bytes of a connection, whoever reads them: a proxy's preamble, the server name of a TLS
 * client hello, the wrong protocol on the port. Functions over bytes, and the rules that settings write for them.
 */
@NullMarked
package io.portguard.wire;

import org.jspecify.annotations.NullMarked;
