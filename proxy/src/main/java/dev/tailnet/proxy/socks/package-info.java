/** The SOCKS5 front end (RFC 1928): the CONNECT command without authentication. Netty's codec reads the messages, this package judges them and words the replies; every step between is {@code connect}'s. */
@NullMarked
package dev.tailnet.proxy.socks;

import org.jspecify.annotations.NullMarked;
