package dev.tailnet.proxy.policy;

import dev.tailnet.proxy.policy.rules.CompiledRules;
import dev.tailnet.proxy.policy.rules.Effect;
import dev.tailnet.proxy.policy.rules.Facts;
import dev.tailnet.proxy.policy.rules.Finding;
import dev.tailnet.proxy.policy.rules.RuleProtocol;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.InboundRequest;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Rules about connections from the tailnet, which ask for the peer: by the name of its node, in full or its first label, by its
 * address, and by its user or tags. A peer is all of these at once, and deny wins.
 */
record InboundRules(CompiledRules rules) {

    Finding judge(InboundRequest request) {
        Finding best = new Finding(rules.set().fallback(), null);
        for (String name : names(request.node())) {
            for (String role : roles(request.roles())) {
                Finding finding = rules.judge(facts(request, name, role));
                if (finding.rule() == null) {
                    continue;
                }
                if (finding.effect() == Effect.DENY) {
                    return finding;
                }
                best = best.rule() == null ? finding : best;
            }
        }
        return best;
    }

    private static Facts facts(InboundRequest request, @Nullable String name, @Nullable String role) {
        RuleProtocol protocol = request.isUdp() ? RuleProtocol.UDP : RuleProtocol.TCP;
        InetAddress address = request.peer().getAddress();
        return new Facts(name, address, null, new Facts.Usage(request.to().getPort(), protocol, null, role, null));
    }

    private static List<@Nullable String> names(String node) {
        List<@Nullable String> names = new ArrayList<>(2);
        String full = node.toLowerCase(Locale.ROOT);
        names.add(full.isEmpty() ? null : full);
        int dot = full.indexOf('.');
        if (dot > 0) {
            names.add(full.substring(0, dot));
        }
        return names;
    }

    /** A local user of Headscale has no @ in the netmap, and one in Headscale's own policy. */
    private static List<@Nullable String> roles(List<String> known) {
        List<@Nullable String> roles = new ArrayList<>(known.size() + 1);
        for (String role : known) {
            roles.add(role);
            if (role.indexOf('@') < 0 && !role.startsWith("tag:")) {
                roles.add(role + "@");
            }
        }
        if (roles.isEmpty()) {
            roles.add(null);
        }
        return roles;
    }

    /** The peer in words, and what it asks for. */
    static String shown(InboundRequest request) {
        String address = new Host.Address(request.peer().getAddress()).toString();
        String peer = request.node().isEmpty() ? address : request.node() + " (" + address + ")";
        return peer + ", connecting to port " + request.to().getPort() + " here,";
    }
}
