package dev.tailnet.proxy.policy.rules;

import java.util.Arrays;
import java.util.List;

/**
 * Tells roughly whether rules are about a longer form of a name, or about its first label alone. A wrong yes costs a lookup.
 *
 * @param full the hashes of the first labels of names in full, ascending
 * @param single the hashes of names of one label, ascending
 * @param anySuffix whether a rule is about all names below one
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record OtherNames(int[] full, int[] single, boolean anySuffix) {

    static OtherNames allowedBy(List<Rule> rules) {
        List<HostPattern> patterns = rules.stream()
                .filter(rule -> rule.effect() == Effect.ALLOW)
                .flatMap(rule -> rule.hosts().stream())
                .toList();
        return new OtherNames(
                hashes(patterns, false),
                hashes(patterns, true),
                patterns.stream()
                        .anyMatch(pattern -> pattern.scope() == HostPattern.Scope.BELOW
                                || pattern.scope() == HostPattern.Scope.WITHIN));
    }

    private static int[] hashes(List<HostPattern> patterns, boolean ofOneLabel) {
        return patterns.stream()
                .filter(pattern -> pattern.scope() == HostPattern.Scope.EXACT)
                .map(HostPattern::name)
                .filter(name -> name.indexOf('.') < 0 == ofOneLabel)
                .mapToInt(OtherNames::firstLabel)
                .sorted()
                .toArray();
    }

    private static int firstLabel(String name) {
        int dot = name.indexOf('.');
        return (dot < 0 ? name : name.substring(0, dot)).hashCode();
    }

    boolean mayInclude(String name) {
        boolean isShort = name.indexOf('.') < 0;
        return (isShort && anySuffix) || Arrays.binarySearch(isShort ? full : single, firstLabel(name)) >= 0;
    }
}
