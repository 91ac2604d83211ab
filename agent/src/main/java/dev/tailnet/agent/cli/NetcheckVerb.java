package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code netcheck}: the network as the running agent finds it: UDP, IPv6, the kind of NAT, the nearest relay. */
final class NetcheckVerb implements Verb {
    private static final String FORMAT = "--format";
    private static final String EVERY = "--every";
    private static final String VERBOSE = "--verbose";
    private static final String BIND_ADDRESS = "--bind-address";
    private static final String BIND_PORT = "--bind-port";

    /** A report takes 5 seconds at most, and may have to wait for that of another caller. */
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description("Checks the agent's network: UDP, IPv6, the kind of NAT, the nearest relay.")
                .footer("", "Examples:", "  tailnet-agent netcheck", "  tailnet-agent netcheck --format=json");
        spec.addOption(ValueFlags.of(FORMAT, "json|json-line", "JSON, indented or on one line (default: for people)"));
        spec.addOption(ValueFlags.of(EVERY, "TIME", "Again and again, with this pause"));
        spec.addOption(Switches.of("Say more while it is under way", VERBOSE));
        spec.addOption(ValueFlags.of(BIND_ADDRESS, "IP", "Send from this address (default: the system's choice)"));
        spec.addOption(ValueFlags.of(BIND_PORT, "PORT", "Send from this UDP port (default: the system's choice)"));
        LocalApiFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofNode(ExitCode.INTERRUPTED);
    }

    @Override
    public ExitCode execute(ParseResult arguments) throws ControlException {
        var client = LocalApiFlags.client(arguments).within(TIMEOUT);
        String format = arguments.matchedOptionValue(FORMAT, "");
        if (format.startsWith("json")) {
            System.err.println("# Warning: this JSON format is not yet considered a stable interface");
        }
        var request = "tailnet-agent/netcheck?format=" + encoded(format) + "&verbose="
                + Switches.isOn(arguments, VERBOSE) + "&bind-address="
                + encoded(arguments.matchedOptionValue(BIND_ADDRESS, "")) + "&bind-port="
                + encoded(arguments.matchedOptionValue(BIND_PORT, ""));
        var pause = ValueFlags.time(arguments, EVERY, "0");
        while (true) {
            Progress.show("checking the network ...");
            var report = client.get(request);
            Progress.clear();
            System.out.print(report);
            if (pause.isZero() || !Pause.of(pause)) {
                return ExitCode.OK;
            }
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
