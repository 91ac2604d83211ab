/**
 * The audit's lines: what {@code proxy.audit} tells becomes JSON, by one thread, and goes to a file, stdout, the journal or a
 * socket. Decides nothing, and never holds an event loop up.
 */
@NullMarked
package dev.tailnet.agent.audit;

import org.jspecify.annotations.NullMarked;
