package dev.tailnet.proxy.policy.rules;

import java.util.List;
import java.util.Optional;

/**
 * One rule. It fits a request when its destination does and its condition does; the destination is any of the hosts or any of
 * the blocks, or everything where neither is given.
 *
 * @param name unique among the rules
 * @param source what it stands in, for people: a file, or a flag
 * @param line of that file, from 1; 0 where there are no lines
 * @param requireName whether a connection by address that this rule allows has to show a name that is allowed; empty for as the
 *     set of rules has it
 */
public record Rule(
        String name,
        String source,
        int line,
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

    /** One that stands in no file. */
    public Rule(
            String name,
            String source,
            Direction direction,
            Effect effect,
            List<HostPattern> hosts,
            List<Cidr> cidrs,
            Condition condition,
            Optional<Boolean> requireName) {
        this(name, source, 0, direction, effect, hosts, cidrs, condition, requireName);
    }

    /** Where it stands, for people; made when it is asked for, as most rules never are. */
    public String where() {
        return line == 0 ? source : source + ", line " + line;
    }

    boolean isForAll() {
        return hosts.isEmpty() && cidrs.isEmpty();
    }
}
