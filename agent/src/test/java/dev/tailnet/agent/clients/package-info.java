/** The programs that people use, as they are, with the environment that {@code tailnet-agent env} prints. */
@NullMarked
package dev.tailnet.agent.clients;

import org.jspecify.annotations.NullMarked;
