/** Listeners, event loops and the pipeline each accepted connection starts with. Alone in binding and closing; knows the front ends, and of what they do only which first byte is whose. */
@NullMarked
package dev.tailnet.proxy.server;

import org.jspecify.annotations.NullMarked;
