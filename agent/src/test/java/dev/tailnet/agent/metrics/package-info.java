@NullMarked
package dev.tailnet.agent.metrics;

import org.jspecify.annotations.NullMarked;
