@NullMarked
package dev.tailnet.agent.tunnel;

import org.jspecify.annotations.NullMarked;
