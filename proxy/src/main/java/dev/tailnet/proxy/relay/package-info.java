/** Takes a connection's socket out of Netty, so that something else can move its bytes, and says what the proxy needs of sockets for it. Moves none itself. */
@NullMarked
package dev.tailnet.proxy.relay;

import org.jspecify.annotations.NullMarked;
