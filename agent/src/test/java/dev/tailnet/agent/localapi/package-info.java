@NullMarked
package dev.tailnet.agent.localapi;

import org.jspecify.annotations.NullMarked;
