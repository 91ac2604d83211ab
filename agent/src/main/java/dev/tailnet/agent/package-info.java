/**
 * The agent as a whole. {@code Agent} makes the {@code Core} and opens the {@code Part}s, each in a class of its own: what clients
 * pass ({@code Traffic}, with the policy of {@code Rules} and the audit of {@code Witnesses}), what the tailnet may connect to
 * ({@code ExposedServices}), where operators find it ({@code Consoles}). A new part implements {@code Part} and is opened by
 * {@code Agent}.
 */
@NullMarked
package dev.tailnet.agent;

import org.jspecify.annotations.NullMarked;
