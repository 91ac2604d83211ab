/** The front end of static forwards: connections and datagrams whose target stands in the configuration, and datagrams that a command of this agent's own asks for. Opens no listener and knows no step of connecting. */
@NullMarked
package dev.tailnet.proxy.forward;

import org.jspecify.annotations.NullMarked;
