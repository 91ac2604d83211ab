/** The HTTP front end: CONNECT (RFC 9110, section 9.3.6). Reads requests and words responses; every step between is {@code connect}'s. */
@NullMarked
package dev.tailnet.proxy.http;

import org.jspecify.annotations.NullMarked;
