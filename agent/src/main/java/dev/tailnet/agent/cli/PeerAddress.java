package dev.tailnet.agent.cli;

import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.ParseResult;

/**
 * The tailnet address that somebody means by an address or a name.
 *
 * @param isOwn it is the node's own
 */
record PeerAddress(String address, boolean isOwn) {

    /**
     * Looks among the nodes first, then asks the agent's resolver.
     *
     * @throws ControlException if there is no such node or name
     */
    static PeerAddress of(String wanted, Json status, ParseResult arguments) throws ControlException {
        if (isAddress(wanted)) {
            return new PeerAddress(wanted, false);
        }
        var suffix = status.text("MagicDNSSuffix").orElse("");
        for (var peer : status.object("Peer").values()) {
            if (PeerNames.isCalled(peer, suffix, wanted)) {
                return new PeerAddress(first(peer, wanted), false);
            }
        }
        if (PeerNames.isCalled(status.object("Self"), suffix, wanted)) {
            return new PeerAddress(first(status.object("Self"), wanted), true);
        }
        return new PeerAddress(lookUp(wanted, arguments), false);
    }

    private static boolean isAddress(String text) {
        try {
            return InetAddress.ofLiteral(text).getAddress().length > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String first(Json node, String wanted) throws ControlException {
        return node.texts("TailscaleIPs").stream()
                .findFirst()
                .orElseThrow(() -> new LocalApiException(404, wanted + " has no address"));
    }

    /** By the agent's control socket; without one there is nobody to ask. */
    private static String lookUp(String name, ParseResult arguments) throws ControlException {
        Json answer;
        try {
            answer = Json.parse(AgentBeside.client(arguments)
                    .get("/resolve?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8)));
        } catch (ControlException e) {
            throw new LocalApiException(404, "there is no node named " + name);
        }
        return answer.objects("addresses").stream()
                .flatMap(address -> address.text("address").stream())
                .findFirst()
                .orElseThrow(() -> new LocalApiException(
                        404,
                        "there is no node named " + name + ", and no address for that name: "
                                + answer.text("error")
                                        .or(() -> answer.text("answeredBy"))
                                        .orElse("unknown")));
    }
}
