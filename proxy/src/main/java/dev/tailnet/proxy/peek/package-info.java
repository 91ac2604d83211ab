/** Which host a client means, from the first bytes that it sends through a tunnel. Reads only; neither keeps nor changes them. */
@NullMarked
package dev.tailnet.proxy.peek;

import org.jspecify.annotations.NullMarked;
