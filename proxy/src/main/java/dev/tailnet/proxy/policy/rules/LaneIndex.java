package dev.tailnet.proxy.policy.rules;

import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds among many rules with one destination those for a user and a port.
 *
 * @param anybody rules that ask for no role
 * @param roles numbers the roles that others ask for
 * @param byRole their rules, without a look at the role any more
 */
record LaneIndex(PortIndex anybody, Map<String, Integer> roles, LaneTable byRole) {

    static LaneIndex of(List<Rule> rules, Effect effect, int[] orders) {
        var anybody = new IntList();
        Map<String, Integer> roles = new HashMap<>();
        var byRole = new LaneTable.Builder();
        Set<Condition> seen = Collections.newSetFromMap(new IdentityHashMap<>()); // most that are equal are one
        for (int order : orders) {
            Condition condition = rules.get(order).condition();
            if (!seen.add(condition)) {
                continue;
            }
            if (condition.roles().isEmpty()) {
                anybody.add(order);
            }
            for (String role : condition.roles()) {
                byRole.add(roles.computeIfAbsent(role, first -> roles.size()), order);
            }
        }
        return new LaneIndex(
                PortIndex.of(rules, anybody.toArray()), roles, byRole.buildOfRoles(rules, effect, roles.size()));
    }

    /** Of rules that ask for one role. */
    static LaneIndex ofOneRole(List<Rule> rules, int[] orders) {
        return new LaneIndex(PortIndex.of(rules, orders), Map.of(), LaneTable.NONE);
    }

    @Nullable
    Lane of(@Nullable String role) {
        Integer number = role == null ? null : roles.get(role);
        return number == null ? null : byRole.at(number);
    }
}
