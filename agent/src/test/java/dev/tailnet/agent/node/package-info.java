@NullMarked
package dev.tailnet.agent.node;

import org.jspecify.annotations.NullMarked;
