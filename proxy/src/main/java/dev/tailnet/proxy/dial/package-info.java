/** What the proxy needs of something that opens connections. Implemented outside: the proxy knows nothing of tailscale. */
@NullMarked
package dev.tailnet.proxy.dial;

import org.jspecify.annotations.NullMarked;
