package dev.tailnet.agent.config;

import dev.tailnet.proxy.policy.rules.RuleSet;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Rules that stand in the agent's own configuration file.
 *
 * @param file the configuration file
 * @param reading how long it took to read them
 */
record PolicySection(RuleSet rules, Path file, Duration reading) {}
