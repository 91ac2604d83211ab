@NullMarked
package dev.tailnet.agent.status;

import org.jspecify.annotations.NullMarked;
