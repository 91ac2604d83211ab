/** What the proxy's tests share: a real dialer that relays in Java, targets of one behaviour each, and a running proxy. */
@NullMarked
package dev.tailnet.proxy.testing;

import org.jspecify.annotations.NullMarked;
