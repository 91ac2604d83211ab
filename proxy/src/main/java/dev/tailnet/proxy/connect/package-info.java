/** The one place that orders the steps of a connection: policy on the name, resolution, route, policy on the address, dial, reply, hand-over, audit. Front ends call it and know no step. */
@NullMarked
package dev.tailnet.proxy.connect;

import org.jspecify.annotations.NullMarked;
