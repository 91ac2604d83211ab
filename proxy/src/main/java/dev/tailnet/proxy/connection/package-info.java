/** One accepted client connection, and the set of them all: phases, counts, the handshake's deadline, the end. Knows no protocol and no step of connecting. */
@NullMarked
package dev.tailnet.proxy.connection;

import org.jspecify.annotations.NullMarked;
