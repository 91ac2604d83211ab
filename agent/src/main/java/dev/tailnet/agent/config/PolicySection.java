package dev.tailnet.agent.config;

import dev.tailnet.proxy.policy.rules.RuleSet;
import java.nio.file.Path;

/**
 * Rules that stand in the agent's own configuration file.
 *
 * @param file the configuration file
 */
record PolicySection(RuleSet rules, Path file) {}
