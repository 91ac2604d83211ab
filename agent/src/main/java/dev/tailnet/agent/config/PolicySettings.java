package dev.tailnet.agent.config;

import dev.tailnet.proxy.policy.rules.RuleSet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What may be reached, and by whom. Its rules can be exchanged, unlike other settings: the agent replaces them while it runs, and very
 * many of them fit into memory twice, but not once more for everybody who still has the settings of the start.
 */
public final class PolicySettings {
    private final Optional<Path> file;
    private final Duration reading;
    private volatile RuleSet rules;

    /**
     * @param rules of the file and the flags together
     * @param file that the rules stand in, with others or by themselves; empty when flags say it all
     * @param reading how long that file's rules took to read
     */
    public PolicySettings(RuleSet rules, Optional<Path> file, Duration reading) {
        this.rules = rules;
        this.file = file;
        this.reading = reading;
    }

    public RuleSet rules() {
        return rules;
    }

    public Optional<Path> file() {
        return file;
    }

    public Duration reading() {
        return reading;
    }

    /** These rules are in force instead. */
    public void exchange(RuleSet inForce) {
        rules = inForce;
    }

    /** Others are in force, and who still has these settings does not need the rules. */
    public void forget() {
        rules = RuleSet.NONE;
    }
}
