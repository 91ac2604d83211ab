/** The front end of static forwards: connections whose target stands in the configuration. Opens no listener and knows no step of connecting. */
@NullMarked
package dev.tailnet.proxy.forward;

import org.jspecify.annotations.NullMarked;
