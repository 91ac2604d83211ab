@NullMarked
package dev.tailnet.agent.observe;

import org.jspecify.annotations.NullMarked;
