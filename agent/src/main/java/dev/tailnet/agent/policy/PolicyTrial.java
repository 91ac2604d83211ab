package dev.tailnet.agent.policy;

import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a policy would say of a request, step by step.
 *
 * @param target as it is judged: normalised
 * @param mode of the policy
 * @param outcome of it all
 * @param addresses in the order of the lookup; empty when the name was enough, or was not looked up
 * @param unresolved why there is none to be judged; null when there are, or none was needed
 */
public record PolicyTrial(
        String target,
        String mode,
        Outcome outcome,
        List<OfAddress> addresses,
        @Nullable String unresolved) {

    /**
     * An answer.
     *
     * @param decision {@code allow}, {@code deny}, or {@code would-deny} where rules are only reported
     * @param rule that decides; null when none does
     * @param why in words; null when there is nothing to say
     * @param showsName whether a tunnel has to show a name that is allowed
     */
    public record Outcome(
            String decision,
            @Nullable String rule,
            @Nullable String why,
            boolean showsName) {

        static Outcome of(Verdict verdict) {
            return switch (verdict) {
                case Verdict.Refused refused -> new Outcome("deny", refused.rule(), refused.message(), false);
                case Verdict.Allowed allowed -> {
                    Verdict.Refused wouldDeny = allowed.wouldDeny();
                    yield wouldDeny == null
                            ? new Outcome("allow", allowed.rule(), null, allowed.requiresName())
                            : new Outcome("would-deny", wouldDeny.rule(), wouldDeny.message(), false);
                }
            };
        }

        private boolean isBetterThan(Outcome other) {
            return rank() < other.rank();
        }

        private int rank() {
            return List.of("allow", "would-deny", "deny").indexOf(decision);
        }
    }

    /** An answer about one address. */
    public record OfAddress(String address, String route, Outcome outcome) {}

    /** One address and the way there. */
    public record Way(InetAddress address, Route route) {}

    /**
     * @param alsoCalled the target's other names
     * @param ways to the target; none where it has not been looked up
     */
    public static PolicyTrial of(Policy policy, ConnectRequest request, List<String> alsoCalled, List<Way> ways) {
        Verdict onTarget = policy.onTarget(request);
        Outcome best = Outcome.of(onTarget);
        List<OfAddress> addresses = new ArrayList<>();
        if (onTarget instanceof Verdict.Allowed || !alsoCalled.isEmpty()) {
            for (Way way : ways) {
                Outcome outcome = Outcome.of(policy.onAddress(request, alsoCalled, way.address(), way.route()));
                best = addresses.isEmpty() || outcome.isBetterThan(best) ? outcome : best;
                addresses.add(new OfAddress(AddressText.of(way.address()), word(way.route()), outcome));
            }
        }
        return new PolicyTrial(request.target().toString(), policy.mode(), best, addresses, null);
    }

    /**
     * What can be said by the name alone.
     *
     * @param why it has no address
     */
    public static PolicyTrial ofUnresolved(Policy policy, ConnectRequest request, String why) {
        Outcome byName = Outcome.of(policy.onTarget(request));
        String target = request.target().toString();
        return new PolicyTrial(
                target, policy.mode(), byName, List.of(), byName.decision().equals("deny") ? null : why);
    }

    private static String word(Route route) {
        return route.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
