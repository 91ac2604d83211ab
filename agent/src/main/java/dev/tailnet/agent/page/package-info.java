/**
 * The operators' page and the stream of events that keeps it up to date. Nothing of it is loaded before somebody asks for it.
 * Reads {@code observe} and what {@code status}, which calls it, knows of the node; changes nothing.
 */
@NullMarked
package dev.tailnet.agent.page;

import org.jspecify.annotations.NullMarked;
