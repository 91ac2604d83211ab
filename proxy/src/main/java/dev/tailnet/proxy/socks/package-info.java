/** The SOCKS5 front end (RFC 1928): the CONNECT command without authentication. Reads requests and words replies; every step between is {@code connect}'s. */
@NullMarked
package dev.tailnet.proxy.socks;

import org.jspecify.annotations.NullMarked;
