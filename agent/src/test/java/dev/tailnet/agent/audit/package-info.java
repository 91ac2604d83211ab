@NullMarked
package dev.tailnet.agent.audit;

import org.jspecify.annotations.NullMarked;
