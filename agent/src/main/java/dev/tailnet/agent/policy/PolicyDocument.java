package dev.tailnet.agent.policy;

import dev.tailnet.proxy.policy.rules.RuleSet;
import java.util.List;

/**
 * A policy as it was read.
 *
 * @param rules what of it is right; to be used only if there is no problem
 * @param problems in the order of the file
 */
public record PolicyDocument(RuleSet rules, List<PolicyProblem> problems) {

    public PolicyDocument {
        problems = List.copyOf(problems);
    }
}
