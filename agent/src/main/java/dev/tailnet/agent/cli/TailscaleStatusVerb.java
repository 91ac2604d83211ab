package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.time.Clock;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code tailscale status}: the node and its peers as tailscale's command line shows them. */
final class TailscaleStatusVerb implements Verb {
    /** The key under which the JSON has our own status as well. */
    static final String OWN = "TailnetAgent";

    private static final String ACTIVE = "--active";
    private static final String SELF = "--self";
    private static final String PEERS = "--peers";
    private static final String HEADER = "--header";
    private static final String WEB = "--web";

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description("Shows the state of the agent's node and its connections.")
                .footer(
                        "",
                        "Examples:",
                        "  tailscale status --active",
                        "  tailscale status --json | jq .Self.TailscaleIPs");
        spec.addOption(Switches.of("As JSON; what tailnet-agent adds is the member " + OWN, Switches.JSON));
        spec.addOption(Switches.of("Only peers with traffic of late", ACTIVE));
        spec.addOption(Switches.of(OptionSpec.builder(SELF).description("Show this node (default true)")));
        spec.addOption(Switches.of(OptionSpec.builder(PEERS).description("Show peers (default true)")));
        spec.addOption(Switches.of("Show the columns' names", HEADER));
        spec.addOption(OptionSpec.builder(WEB)
                .type(boolean.class)
                .arity("0")
                .hidden(true)
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
        if (arguments.hasMatchedOption(WEB)) {
            throw new ParameterException(
                    arguments.commandSpec().commandLine(),
                    "--web: the running agent has a page of its own, at the address of 'run --status-listen'");
        }
        var withPeers = Switches.isOn(arguments, PEERS, true);
        var isActive = Switches.isOn(arguments, ACTIVE);
        var status = Json.parse(LocalApiFlags.client(arguments).get(withPeers ? "status" : "status?peers=false"));
        if (Switches.isOn(arguments, Switches.JSON)) {
            System.out.print(
                    json(isActive ? status.filtered("Peer", peer -> peer.isTrue("Active")) : status, arguments));
            return ExitCode.OK;
        }
        var text = new TailscaleStatusText(status, Clock.systemUTC());
        var down = NodeStates.whyNotUp(status);
        if (down.isPresent()) {
            System.out.println(down.get());
            return ExitCode.NODE;
        }
        System.out.print(text.print(
                Switches.isOn(arguments, HEADER), Switches.isOn(arguments, SELF, true), withPeers, isActive));
        return ExitCode.OK;
    }

    /** Our own status needs the agent's control socket, which may be out of reach of who only knows the LocalAPI's. */
    private static String json(Json status, ParseResult arguments) {
        var document = status;
        try {
            document = status.with(OWN, Json.parse(AgentBeside.client(arguments).get("/status")));
        } catch (ControlException e) {
            document = status;
        }
        return JsonWriter.write(document, "  ");
    }
}
