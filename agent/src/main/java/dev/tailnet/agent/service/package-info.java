/**
 * What the service manager that started this process wants to hear (sd_notify(3), sd_watchdog_enabled(3)): the words and the
 * socket. Knows nothing of the agent's parts. Called by {@code ServiceNotices}.
 */
@NullMarked
package dev.tailnet.agent.service;

import org.jspecify.annotations.NullMarked;
