/**
 * What the tailnet may connect to: tells the node, and hears what came of it for audit, metrics and status. The node itself
 * dials the services and moves the bytes. Called by {@code Agent}.
 */
@NullMarked
package dev.tailnet.agent.expose;

import org.jspecify.annotations.NullMarked;
