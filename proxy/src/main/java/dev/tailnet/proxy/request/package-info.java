/** Values that the proxy's packages share: what a client asked for and what became of it. No I/O, no Netty; every package of the proxy may use it. */
@NullMarked
package dev.tailnet.proxy.request;

import org.jspecify.annotations.NullMarked;
