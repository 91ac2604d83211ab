package dev.tailnet.agent.config;

import dev.tailnet.proxy.policy.rules.RuleSet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What may be reached, and by whom.
 *
 * @param rules of the file and the flags together
 * @param file that the rules stand in, with others or by themselves; empty when flags say it all
 * @param reading how long that file's rules took to read
 */
public record PolicySettings(RuleSet rules, Optional<Path> file, Duration reading) {
    public static final PolicySettings NONE = new PolicySettings(RuleSet.NONE, Optional.empty(), Duration.ZERO);
}
