/** What the proxy needs of something that knows names. Implemented outside. */
@NullMarked
package dev.tailnet.proxy.resolve;

import org.jspecify.annotations.NullMarked;
