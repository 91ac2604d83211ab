package dev.tailnet.agent.status;

import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.rules.RuleSet;

/** The policy of the running agent. */
public interface PolicyView {

    /** The one in force. */
    Policy policy();

    RuleSet rules();

    /**
     * Reads it again. May take a while.
     *
     * @return what came of it, in a sentence
     * @throws IllegalStateException with the reason why the old one is still in force
     */
    String reload();
}
