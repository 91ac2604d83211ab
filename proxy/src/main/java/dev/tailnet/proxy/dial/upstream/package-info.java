/**
 * The way out through another proxy, an HTTP proxy with CONNECT (RFC 9110, section 9.3.6) or a SOCKS5 one (RFC 1928, RFC 1929):
 * which targets it carries, its handshake, and what its refusals mean. Relays no bytes: the connection is given away after the
 * handshake.
 */
@NullMarked
package dev.tailnet.proxy.dial.upstream;

import org.jspecify.annotations.NullMarked;
