@NullMarked
package dev.tailnet.agent.expose;

import org.jspecify.annotations.NullMarked;
