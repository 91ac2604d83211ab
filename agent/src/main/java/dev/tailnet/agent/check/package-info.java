/**
 * The connection test: walks the way of a connection step by step, from the configuration to the target's certificate, and
 * says for the first step that fails what is wrong and what to do. Runs in the process of the verb and asks the running agent
 * through {@link dev.tailnet.agent.check.AgentSide}, so that every answer is that of a real connection. Changes nothing. Called
 * by the command line.
 */
@NullMarked
package dev.tailnet.agent.check;

import org.jspecify.annotations.NullMarked;
