/** The HTTP front end: CONNECT (RFC 9110, section 9.3.6), and requests of absolute form (RFC 9112, section 3.2.2), which it passes on over connections that it keeps. Reads and writes messages; every step to a connection is {@code connect}'s. */
@NullMarked
package dev.tailnet.proxy.http;

import org.jspecify.annotations.NullMarked;
