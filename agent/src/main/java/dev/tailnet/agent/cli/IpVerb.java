package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code ip}: the node's tailnet addresses, a line each. */
final class IpVerb implements Verb {
    private static final String ONLY_V4 = "-4";
    private static final String ONLY_V6 = "-6";

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description("Shows the node's tailnet addresses.")
                .footer("", "Examples:", "  tailnet-agent ip -4");
        spec.addOption(Switches.of("Only the IPv4 address", ONLY_V4));
        spec.addOption(Switches.of("Only the IPv6 address", ONLY_V6));
        RunningAgentFlags.addTo(spec);
        return spec;
    }

    @Override
    public ExitCode execute(ParseResult arguments) {
        var onlyV4 = arguments.hasMatchedOption(ONLY_V4);
        var onlyV6 = arguments.hasMatchedOption(ONLY_V6);
        if (onlyV4 && onlyV6) {
            throw new ParameterException(arguments.commandSpec().commandLine(), "-4 and -6 exclude each other");
        }
        try {
            var status = Json.parse(RunningAgentFlags.client(arguments).get("/status"));
            var all = status.texts("addresses");
            var asked = all.stream()
                    .filter(address -> address.indexOf(':') < 0 ? !onlyV6 : !onlyV4)
                    .toList();
            if (asked.isEmpty()) {
                System.err.println(Program.NAME + ": " + whyNone(status, all));
                return ExitCode.NODE;
            }
            asked.forEach(System.out::println);
            return ExitCode.OK;
        } catch (ControlException e) {
            System.err.println(Program.NAME + ": " + e.getMessage());
            return ExitCode.NO_AGENT;
        }
    }

    private static String whyNone(Json status, List<String> all) {
        return all.isEmpty()
                ? "the node has no address yet: " + StatusText.state(status)
                : "the node has no address of this kind, only " + String.join(", ", all);
    }
}
