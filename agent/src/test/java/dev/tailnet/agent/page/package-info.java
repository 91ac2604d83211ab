@NullMarked
package dev.tailnet.agent.page;

import org.jspecify.annotations.NullMarked;
