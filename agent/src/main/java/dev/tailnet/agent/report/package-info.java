/**
 * What a report about a fault says of the process and of the machine, none of it secret. Asks the system alone. Called by
 * {@code status} in the agent and by {@code cli} where there is no agent.
 */
@NullMarked
package dev.tailnet.agent.report;

import org.jspecify.annotations.NullMarked;
