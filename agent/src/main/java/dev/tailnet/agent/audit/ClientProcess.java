package dev.tailnet.agent.audit;

import org.jspecify.annotations.Nullable;

/**
 * The process that a client is.
 *
 * @param uid of the user whose it is
 * @param pid null when it cannot be told
 * @param command the name of the program, as the system has it, of at most 15 bytes; null when it cannot be told
 */
record ClientProcess(
        int uid, @Nullable Integer pid, @Nullable String command) {}
