@NullMarked
package dev.tailnet.agent.policy;

import org.jspecify.annotations.NullMarked;
