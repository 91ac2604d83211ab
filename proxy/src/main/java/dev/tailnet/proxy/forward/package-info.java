/** The front end of static forwards: connections and datagrams whose target stands in the configuration. Opens no listener and knows no step of connecting. */
@NullMarked
package dev.tailnet.proxy.forward;

import org.jspecify.annotations.NullMarked;
