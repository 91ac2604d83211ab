package dev.tailnet.proxy.policy;

import dev.tailnet.proxy.policy.rules.Finding;
import dev.tailnet.proxy.policy.rules.Rule;
import dev.tailnet.proxy.request.ConnectRequest;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a refusal by the user's rules: the host, the rule and where to change it.
 *
 * @param source where the rules come from
 */
record RefusalTexts(String source) {
    private static final String DEFAULT = "default";

    Verdict.Refused refusal(Finding finding, String target) {
        return refusal(finding, target, null);
    }

    /** @param near a rule that would allow the target if it were used otherwise; null for none */
    Verdict.Refused refusal(Finding finding, String target, @Nullable Rule near) {
        Rule rule = finding.rule();
        if (rule != null) {
            return Verdict.refused(
                    rule.name(),
                    target + " is denied by rule '" + rule.name() + "': to allow it, change that rule in "
                            + rule.where());
        }
        String remedy = near == null
                ? "a rule that allows it belongs into " + source
                : "rule '" + near.name()
                        + "' allows it for another use (port, protocol, method, path, route, user): see "
                        + near.where();
        return Verdict.refused(
                DEFAULT, target + " is allowed by no rule, and what no rule allows is denied: " + remedy);
    }

    Verdict.Refused privateAddress(String target) {
        return Verdict.refused(
                "private-direct",
                target
                        + " is an address of a private network outside the tailnet: name its block (cidrs) in a rule that"
                        + " allows it, or set private-direct: allow, in " + source);
    }

    Verdict.Refused noName(ConnectRequest request, String why) {
        return Verdict.refused(
                "require-name",
                request.target()
                        + " is an address, and a connection there has to show a name that is allowed (TLS SNI or"
                        + " HTTP Host): " + why + ". Ask for the host by its name, or set require-name: false in "
                        + source);
    }

    String shown(ConnectRequest request, List<String> alsoCalled, InetAddress address, InetAddress meant) {
        String names = alsoCalled.isEmpty() ? "" : ", also called " + String.join(" and ", alsoCalled);
        return BasePolicy.shown(request, address, meant) + names + ", port "
                + request.target().port();
    }
}
