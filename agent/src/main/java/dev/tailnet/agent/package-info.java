/** The agent as a whole: what it is composed of and how it ends. */
@NullMarked
package dev.tailnet.agent;

import org.jspecify.annotations.NullMarked;
