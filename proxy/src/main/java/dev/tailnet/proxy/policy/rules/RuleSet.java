package dev.tailnet.proxy.policy.rules;

import java.util.List;
import java.util.Locale;

/**
 * All that a user has to say.
 *
 * @param source where it comes from, for people: the file to change
 * @param fallback what becomes of requests that no rule fits, of this host's programs
 * @param inboundFallback what becomes of those from the tailnet to what is exposed that no rule fits
 * @param privateDirect whether addresses of private networks (RFC 1918, RFC 4193) may be reached past the tailnet by rules that
 *     do not name them
 * @param requireName whether connections by address to port 80 or 443 have to show a name that is allowed
 * @param hideNames whether a name that is denied does not exist to who looks it up, instead of being refused
 * @param endDenied whether connections that new rules deny are ended
 */
public record RuleSet(
        String source,
        Mode mode,
        Effect fallback,
        Effect inboundFallback,
        Effect privateDirect,
        boolean requireName,
        boolean hideNames,
        boolean endDenied,
        List<Rule> rules) {

    /** Nothing to say. */
    public static final RuleSet NONE =
            new RuleSet("", Mode.OPEN, Effect.ALLOW, Effect.ALLOW, Effect.ALLOW, false, false, true, List.of());

    public RuleSet {
        rules = List.copyOf(rules);
    }

    /** Whether anything is said about connections from the tailnet. */
    public boolean isAboutInbound() {
        return mode != Mode.OPEN
                && (inboundFallback == Effect.DENY
                        || rules.stream().anyMatch(rule -> rule.direction() == Direction.INBOUND));
    }

    /** How much it says, for people: {@code 3 rules, mode enforce}. */
    public String summary() {
        return String.format(
                Locale.ROOT, "%,d %s, mode %s", rules.size(), rules.size() == 1 ? "rule" : "rules", mode.word());
    }

    /** What of it is about one direction; {@link #fallback} is that direction's. */
    RuleSet of(Direction direction) {
        return new RuleSet(
                source,
                mode,
                direction == Direction.OUTBOUND ? fallback : inboundFallback,
                inboundFallback,
                privateDirect,
                requireName,
                hideNames,
                endDenied,
                rules.stream().filter(rule -> rule.direction() == direction).toList());
    }
}
