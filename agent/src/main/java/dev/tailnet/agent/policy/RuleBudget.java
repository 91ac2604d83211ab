package dev.tailnet.agent.policy;

import dev.tailnet.proxy.policy.rules.Condition;
import dev.tailnet.proxy.policy.rules.HostPattern;
import dev.tailnet.proxy.policy.rules.Rule;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * What rules may take of the memory of a process. It would end if it ran out of it, with a policy that was in force, and there are
 * two policies while one takes the place of another.
 */
final class RuleBudget {
    /** What the agent needs besides. */
    private static final long REST_OF_THE_AGENT = 24 << 20;

    /** Bytes of a rule with its name, of a host with its entry in the index, of a block, and of what else a rule asks for. */
    private static final int RULE = 150;

    private static final int HOST = 90;
    private static final int BLOCK = 75;
    private static final int CONDITION = 180;

    private final long most;
    private final Set<Condition> conditions = Collections.newSetFromMap(new IdentityHashMap<>());
    private long taken;

    /**
     * @param memory bytes that the process may use
     * @param text characters of the policy, which are there as well
     */
    RuleBudget(long memory, long text) {
        this.most = (memory - REST_OF_THE_AGENT - text) / 2;
    }

    /** Says that there is no room for a rule. */
    static final class Exceeded extends RuntimeException {
        private static final long serialVersionUID = 1;

        Exceeded() {
            super("the rules do not fit into memory");
        }
    }

    void take(Rule rule) {
        taken += RULE + rule.name().length() + (long) BLOCK * rule.cidrs().size();
        for (HostPattern host : rule.hosts()) {
            taken += HOST + host.name().length();
        }
        if (!rule.condition().equals(Condition.NONE) && conditions.add(rule.condition())) {
            taken += CONDITION;
        }
        if (taken > most) {
            throw new Exceeded();
        }
    }

    /** Whether not even the text of so many bytes, as it is read, leaves room for anything. */
    static boolean isExceededBy(long size, long memory) {
        return size > Math.max(1 << 20, (memory - REST_OF_THE_AGENT) / 3);
    }

    /**
     * What is wrong, and what to do.
     *
     * @param part of the text that was read by then, greater than 0, at most 1
     */
    static String problem(long size, long memory, double part) {
        long needed = REST_OF_THE_AGENT + size + (long) ((memory - REST_OF_THE_AGENT) / part);
        return (size >> 20) + " MB of rules do not fit into " + (memory >> 20)
                + " MB of memory, where there have to be two policies while one is replaced: start the agent with"
                + " TAILNET_JAVA_OPTIONS=-Xmx" + Math.ceilDiv(needed, 32 << 20) * 32 + "m";
    }
}
