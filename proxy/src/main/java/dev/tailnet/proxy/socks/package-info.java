/** The SOCKS front end: the CONNECT command of SOCKS5 (RFC 1928), with a password (RFC 1929) where one is asked for, and of SOCKS4 and 4a. Netty's codec reads the messages, this package judges them and words the replies; every step between is {@code connect}'s. */
@NullMarked
package dev.tailnet.proxy.socks;

import org.jspecify.annotations.NullMarked;
