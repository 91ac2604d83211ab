/**
 * The node's life: what the library reports about it, what that means for people, and whether connections can use it.
 * Knows nothing of proxies beyond their {@code Readiness}; dials nothing itself. Called by {@code Agent},
 * {@code tunnel} and {@code status}.
 */
@NullMarked
package dev.tailnet.agent.node;

import org.jspecify.annotations.NullMarked;
