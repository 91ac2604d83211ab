/** What the integration tests share: the agent as a process of its own, its clients, and waiting for what they do. */
@NullMarked
package dev.tailnet.agent.testing;

import org.jspecify.annotations.NullMarked;
