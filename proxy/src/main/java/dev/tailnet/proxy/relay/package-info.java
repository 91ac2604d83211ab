/** Takes an accepted connection's socket out of Netty, so that something else can move its bytes. Moves none itself. */
@NullMarked
package dev.tailnet.proxy.relay;

import org.jspecify.annotations.NullMarked;
