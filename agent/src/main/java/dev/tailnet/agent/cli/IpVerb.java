package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code ip}: tailnet addresses of the node, or of a peer, a line each. */
final class IpVerb implements Verb {
    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description("Shows the tailnet addresses of the running agent's node, or of a peer.")
                .footer("", "Examples:", "  tailnet-agent ip -4", "  tailnet-agent ip -1 db");
        AddressChoice.addTo(spec);
        spec.addPositional(PositionalParamSpec.builder()
                .index("0")
                .arity("0..1")
                .type(String.class)
                .paramLabel("PEER")
                .description("Whose, by name or address (default: the node's own)")
                .build());
        RunningAgentFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofAgent(ExitCode.NODE, ExitCode.NOT_FOUND);
    }

    @Override
    public ExitCode execute(ParseResult arguments) throws ControlException {
        var choice = AddressChoice.read(arguments);
        var status = Json.parse(RunningAgentFlags.client(arguments).get("/status"));
        String peer = arguments.matchedPositionalValue(0, "");
        var all = peer.isEmpty() ? status.texts("addresses") : of(peer, status);
        var asked = choice.of(all);
        if (asked.isEmpty()) {
            System.err.println(Program.NAME + ": "
                    + (all.isEmpty()
                            ? whyNone(peer, status)
                            : "no address of this kind, only " + String.join(", ", all)));
            return peer.isEmpty() ? ExitCode.NODE : ExitCode.NOT_FOUND;
        }
        asked.forEach(System.out::println);
        return ExitCode.OK;
    }

    private static List<String> of(String wanted, Json status) {
        return status.objects("peers").stream()
                .filter(peer -> peer.texts("addresses").contains(wanted)
                        || wanted.equalsIgnoreCase(peer.text("name").orElse(""))
                        || wanted.equalsIgnoreCase(peer.text("dnsName").orElse("")))
                .findFirst()
                .map(peer -> peer.texts("addresses"))
                .orElse(List.of());
    }

    private static String whyNone(String peer, Json status) {
        return peer.isEmpty()
                ? "the node has no address yet: " + StatusText.state(status)
                : "there is no peer " + peer + "; 'tailnet-agent status' lists them";
    }
}
