package dev.tailnet.agent.check;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.config.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Why a name leads nowhere: misspelt, a tailnet's name that nobody is asked for, or name servers that fail. */
record NameDiagnosis(NodeView node, Optional<TailnetView> tailnet) {

    /**
     * @param unknown whether somebody knows that there is no such name, or no address of it
     * @param words the agent's sentence
     */
    Finding of(String name, boolean unknown, String words) {
        Optional<NodeView.Peer> peer = peer(name);
        boolean isTailnetName = peer.isPresent() || isBelowSuffix(name);
        if (isTailnetName && tailnet.filter(seen -> !seen.acceptDns()).isPresent()) {
            return new Finding(
                    ExitCode.MAGICDNS_OFF,
                    name + " is a name of the tailnet, whose DNS this node does not use (accept-dns is off)",
                    "Turn it on (tailnet-agent set --accept-dns)" + byAddress(peer));
        }
        if (isTailnetName && tailnet.filter(seen -> !seen.magicDns()).isPresent()) {
            return new Finding(
                    ExitCode.MAGICDNS_OFF,
                    name + " is a name of the tailnet, and MagicDNS is off there",
                    "Turn MagicDNS on at the control server" + byAddress(peer));
        }
        String suggestion = Suggestions.phrase(name, names());
        if (!unknown) {
            return new Finding(
                    ExitCode.DNS_FAILED,
                    words + suggestion,
                    "See 'tailnet-agent resolve " + name + "' for who is asked, and check that server.");
        }
        return new Finding(
                ExitCode.NAME_UNKNOWN,
                words + suggestion,
                "Check the spelling; a node that no ACL lets this one see has no name here either.");
    }

    private static String byAddress(Optional<NodeView.Peer> peer) {
        return peer.flatMap(known -> known.addresses().stream().findFirst())
                .map(address -> ", or use the address: " + address + ".")
                .orElse(".");
    }

    private Optional<NodeView.Peer> peer(String name) {
        return node.peers().stream()
                .filter(peer ->
                        peer.name().equalsIgnoreCase(name) || peer.dnsName().equalsIgnoreCase(name))
                .findFirst();
    }

    private boolean isBelowSuffix(String name) {
        return tailnet.map(TailnetView::suffix)
                .filter(suffix -> !suffix.isEmpty() && name.endsWith("." + suffix))
                .isPresent();
    }

    private List<String> names() {
        var names = new ArrayList<String>();
        for (var peer : node.peers()) {
            names.add(peer.name());
            names.add(peer.dnsName());
        }
        return names;
    }
}
