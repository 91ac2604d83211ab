/** Policies as files: reads them, with every problem by line and column. What rules mean is the proxy's matter. */
@NullMarked
package dev.tailnet.agent.policy;

import org.jspecify.annotations.NullMarked;
