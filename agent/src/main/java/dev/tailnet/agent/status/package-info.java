/**
 * What operators see of the agent: the HTTP endpoint with its JSON, its health answers and its metrics, on a TCP port and on
 * the control socket. Reads everything, changes nothing. Called by {@code Agent}.
 */
@NullMarked
package dev.tailnet.agent.status;

import org.jspecify.annotations.NullMarked;
