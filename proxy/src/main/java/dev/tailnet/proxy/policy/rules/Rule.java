package dev.tailnet.proxy.policy.rules;

import java.util.List;
import java.util.Optional;

/**
 * One rule. It fits a request when its destination does and its condition does; the destination is any of the hosts or any of
 * the blocks, or everything where neither is given.
 *
 * @param name unique among the rules
 * @param where it stands, for people: a file and a line
 * @param requireName whether a connection by address that this rule allows has to show a name that is allowed; empty for as the
 *     set of rules has it
 */
public record Rule(
        String name,
        String where,
        Direction direction,
        Effect effect,
        List<HostPattern> hosts,
        List<Cidr> cidrs,
        Condition condition,
        Optional<Boolean> requireName) {

    public Rule {
        hosts = List.copyOf(hosts);
        cidrs = List.copyOf(cidrs);
    }

    boolean isForAll() {
        return hosts.isEmpty() && cidrs.isEmpty();
    }
}
