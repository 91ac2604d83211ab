/** Notices that a file has another content, by what the system tells of its directory. Reads no file, and knows nothing of what is in it. */
@NullMarked
package dev.tailnet.agent.watch;

import org.jspecify.annotations.NullMarked;
