/**
 * What an operator may want to see of the last minutes: the connections that are open, the requests that came to nothing, the
 * throughput, the log. All of it bounded and in memory. Fed by the proxy's audit, read by {@code page}; decides and serves nothing.
 */
@NullMarked
package dev.tailnet.agent.observe;

import org.jspecify.annotations.NullMarked;
