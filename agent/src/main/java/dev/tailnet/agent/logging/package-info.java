/**
 * The log: one line for each event on stderr, as text or JSON. Configured once, before the first event, by {@code cli};
 * everybody else logs through SLF4J.
 */
@NullMarked
package dev.tailnet.agent.logging;

import org.jspecify.annotations.NullMarked;
