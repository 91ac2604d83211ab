/** Whether a target may be reached, by name and by address. Values in, a verdict out: neither Netty nor I/O, and no lookup. */
@NullMarked
package dev.tailnet.proxy.policy;

import org.jspecify.annotations.NullMarked;
