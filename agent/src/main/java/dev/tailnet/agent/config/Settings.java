package dev.tailnet.agent.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Everything the agent needs to run, validated.
 *
 * @param node who the node is on the tailnet
 * @param listeners where the agent listens
 * @param internet what happens to targets outside the tailnet
 * @param runtimeDir holds the control socket; created with mode 0700 when the agent starts
 * @param drainTimeout how long open tunnels may go on after the first stop signal
 * @param logLevel the least severe level that is logged
 * @param logFormat how a log line looks
 */
public record Settings(
        NodeSettings node,
        Listeners listeners,
        Internet internet,
        Path runtimeDir,
        Duration drainTimeout,
        LogLevel logLevel,
        LogFormat logFormat) {}
