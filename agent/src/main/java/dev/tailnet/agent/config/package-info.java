/**
 * The agent's settings: what they are, where each may come from (flag, environment, file, default), and every problem
 * in them with its source. Reads no network and starts nothing. Called by {@code cli}; everybody else only sees
 * {@link dev.tailnet.agent.config.Settings}.
 */
@NullMarked
package dev.tailnet.agent.config;

import org.jspecify.annotations.NullMarked;
