/**
 * The log: one line for each event on stderr, as text or JSON; SLF4J's backend, whose level can change while it is used.
 * Configured by {@code cli}; everybody else logs through SLF4J.
 */
@NullMarked
package dev.tailnet.agent.logging;

import org.jspecify.annotations.NullMarked;
