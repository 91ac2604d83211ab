package dev.tailnet.agent.check;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.check.NameAnswer.Address;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import java.util.Optional;

/**
 * Why there is no connection, and what to do: from the agent's answer to the wish for one, and from what else is known of its
 * target.
 *
 * @param resolved what the target's host means to the agent
 * @param pong what a ping of the node on the way came to; empty when none was sent
 */
record Diagnosis(AgentSide agent, NodeView node, Target target, NameAnswer resolved, Optional<PingAnswer> pong) {

    /** Empty when there is a connection. */
    Optional<Finding> of(TunnelAnswer tunnel) {
        return switch (tunnel) {
            case TunnelAnswer.Open open -> Optional.empty();
            case TunnelAnswer.Late(var after) ->
                Optional.of(silent(target + " did not answer within " + after.toSeconds() + " s"));
            case TunnelAnswer.Refused refused -> Optional.of(refused(refused));
        };
    }

    /** By the error types that the agent's HTTP answers have (RFC 9209, section 2.3). */
    private Finding refused(TunnelAnswer.Refused refused) {
        String words = refused.words();
        return switch (refused.error()) {
            case "http_request_denied" ->
                new Finding(
                        ExitCode.POLICY_DENIED, words, "If it is meant to be reached, change the agent's settings.");
            case "dns_error" ->
                new NameDiagnosis(node, agent.tailnet())
                        .of(name(), resolved.error().isEmpty(), words);
            case "dns_timeout" ->
                new Finding(
                        ExitCode.DNS_FAILED,
                        words,
                        "See 'tailnet-agent resolve " + target.host() + "' for who is asked, and check that server.");
            case "destination_ip_prohibited" -> denied(words);
            case "destination_ip_unroutable", "destination_unavailable" -> unroutable(words);
            case "connection_refused" ->
                new Finding(
                        ExitCode.CONNECTION_REFUSED,
                        words,
                        "Start the service there, have it listen on the address that is connected to (not on the host's"
                                + " 127.0.0.1 only), or correct the port.");
            case "connection_timeout" -> silent(words);
            case "proxy_configuration_error" ->
                refused.status() == 503
                        ? Finding.of(ExitCode.NODE_STARTING, words, "See 'tailnet-agent status'.")
                        : new Finding(ExitCode.UPSTREAM_PROXY, words, "Check --upstream-proxy.");
            case "connection_limit_reached" -> tooMany(words);
            default ->
                refused.status() == 503
                        ? tooMany(words)
                        : new Finding(ExitCode.INTERNAL, words, "The agent's log has the details.");
        };
    }

    private static Finding tooMany(String words) {
        return new Finding(
                ExitCode.TOO_MANY_CONNECTIONS,
                words,
                "Close some, or raise --max-connections or --max-connections-per-client.");
    }

    private Finding denied(String words) {
        return new Finding(
                ExitCode.ACL_DENIED,
                words,
                "Allow it in the tailnet's policy file (acls or grants): from " + node.name() + " to port "
                        + target.port() + " of " + target.host() + "; or lift what that node says it has.");
    }

    private Finding unroutable(String words) {
        if (first().map(Address::route).filter(Route.UNOWNED::equals).isPresent()) {
            return new Finding(
                    ExitCode.NOT_ON_TAILNET,
                    words,
                    "Check the address ('tailnet-agent status' lists the nodes); a node that no ACL lets this one see is"
                            + " not there for it.");
        }
        return isPrivateAndDirect()
                ? noSubnetRoute(words)
                : new Finding(ExitCode.UNREACHABLE, words, "Check that the host is up, and this machine's network.");
    }

    /** Nothing came back: a drop looks like a host that is not there, but for its node's answer to a ping. */
    private Finding silent(String words) {
        if (isPrivateAndDirect()) {
            return noSubnetRoute(words);
        }
        Optional<Route> route = first().map(Address::route).filter(NameAnswer::isThroughTailnet);
        if (route.isEmpty() || pong.isEmpty()) {
            return new Finding(
                    ExitCode.CONNECT_TIMEOUT,
                    words,
                    "Check that the host is up and that no firewall drops the connection.");
        }
        PingAnswer answer = pong.get();
        if (!answer.answered()) {
            return offline(answer, words);
        }
        return route.get() == Route.TAILNET ? dropped(answer) : behindRouter(answer);
    }

    private Finding dropped(PingAnswer answer) {
        return new Finding(
                ExitCode.ACL_DENIED,
                name() + " answers pings (" + answer.path() + ") but nothing on port " + target.port()
                        + ": the tailnet's ACLs or a firewall of that host drop the connection",
                "Allow it in the tailnet's policy file (acls or grants): from " + node.name() + " to port "
                        + target.port() + " of " + name() + "; then look at the firewall there.");
    }

    private Finding behindRouter(PingAnswer answer) {
        String router = answer.node().isEmpty() ? "the subnet router" : "the subnet router " + answer.node();
        return new Finding(
                ExitCode.CONNECT_TIMEOUT,
                router + " answers pings, but nothing comes from " + target + " behind it",
                "Check that the host is up, that the tailnet's ACLs allow it, and that the router forwards packets.");
    }

    private Finding offline(PingAnswer answer, String words) {
        Optional<String> relay = NodeSteps.relayWarning(node);
        if (relay.isPresent()) {
            return new Finding(
                    ExitCode.RELAY_UNREACHABLE,
                    words + "; " + relay.get(),
                    "Check this machine's network and what it lets out: relays are reached by HTTPS.");
        }
        String who = answer.node().isEmpty() ? name() : answer.node();
        String seen = first().flatMap(address -> node.peerAt(address.text()))
                .map(NodeView.Peer::lastSeen)
                .filter(last -> !last.isEmpty())
                .map(last -> ", last seen " + last)
                .orElse("");
        return new Finding(
                ExitCode.PEER_OFFLINE,
                who + " answers neither the connection nor a ping: it is offline" + seen,
                "Start it, or see 'tailscale status' on it.");
    }

    private boolean isPrivateAndDirect() {
        return first().filter(address -> address.route() == Route.DIRECT)
                .filter(address -> PrivateRange.includes(address.address()))
                .isPresent();
    }

    private Finding noSubnetRoute(String words) {
        boolean accepts = agent.tailnet().map(TailnetView::acceptRoutes).orElse(true);
        return new Finding(
                ExitCode.NO_SUBNET_ROUTE,
                first().map(Address::text).orElse(name())
                        + " is a private address, no subnet route of the tailnet leads"
                        + " there, and from this machine's own network: " + words,
                accepts
                        ? "Have a node of that network advertise it (tailscale set --advertise-routes=CIDR), approve the"
                                + " route at the control server, and let this node see it by the ACLs."
                        : "This node does not use subnet routes: start the agent with --accept-routes.");
    }

    private Optional<Address> first() {
        return resolved.first();
    }

    private String name() {
        return target.host().toString();
    }
}
