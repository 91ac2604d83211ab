package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code tailscale ip}: tailnet addresses of this node or of a peer, a line each. */
final class TailscaleIpVerb implements Verb {
    private static final String ASSERT = "--assert";

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description("Shows tailnet addresses of the agent's node, or of a peer.")
                .footer("", "Examples:", "  tailscale ip -4", "  tailscale ip -1 db");
        AddressChoice.addTo(spec);
        spec.addOption(OptionSpec.builder(ASSERT)
                .type(String.class)
                .arity("1")
                .paramLabel("IP")
                .description("Fail unless this is an address of the node")
                .build());
        spec.addPositional(PositionalParamSpec.builder()
                .index("0")
                .arity("0..1")
                .type(String.class)
                .paramLabel("PEER")
                .description("Whose, by name or address (default: this node's)")
                .build());
        LocalApiFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofNode();
    }

    @Override
    public ExitCode execute(ParseResult arguments) throws ControlException {
        var choice = AddressChoice.read(arguments);
        var status = Json.parse(LocalApiFlags.client(arguments).get("status"));
        var own = status.texts("TailscaleIPs");
        String asserted = arguments.matchedOptionValue(ASSERT, "");
        if (!asserted.isEmpty()) {
            return own.contains(asserted)
                    ? ExitCode.OK
                    : failed("assertion failed: IP \"" + asserted + "\" not found among " + own);
        }
        String peer = arguments.matchedPositionalValue(0, "");
        var addresses = peer.isEmpty() ? own : addresses(peer, status, arguments);
        if (addresses.isEmpty()) {
            return failed(
                    peer.isEmpty()
                            ? "no current Tailscale IPs; state: "
                                    + status.text("BackendState").orElse("")
                            : "no peer found with IP " + peer);
        }
        var chosen = choice.of(addresses);
        if (chosen.isEmpty()) {
            return failed("no Tailscale address of this kind");
        }
        chosen.forEach(System.out::println);
        return ExitCode.OK;
    }

    private static List<String> addresses(String peer, Json status, ParseResult arguments) throws ControlException {
        var address = PeerAddress.of(peer, status, arguments).address();
        if (status.texts("TailscaleIPs").contains(address)) {
            return status.texts("TailscaleIPs");
        }
        return status.object("Peer").values().stream()
                .map(node -> node.texts("TailscaleIPs"))
                .filter(addresses -> addresses.contains(address))
                .findFirst()
                .orElse(List.of());
    }

    private static ExitCode failed(String why) {
        System.err.println(why);
        return ExitCode.NODE;
    }
}
