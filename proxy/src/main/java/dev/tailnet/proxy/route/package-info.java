/** Which way leads to an address. */
@NullMarked
package dev.tailnet.proxy.route;

import org.jspecify.annotations.NullMarked;
