package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.cli.text.GoDuration;
import java.time.Duration;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code ping}: whether a node is reached, and which way. */
final class PingVerb implements Verb {
    private static final String COUNT = "-c";
    private static final String TIMEOUT = "--timeout";
    private static final String SIZE = "--size";
    private static final String UNTIL_DIRECT = "--until-direct";
    private static final String TSMP = "--tsmp";
    private static final String ICMP = "--icmp";
    private static final String PEERAPI = "--peerapi";
    private static final String VERBOSE = "--verbose";
    private static final Duration PAUSE = Duration.ofSeconds(1);

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description(
                        "Pings a node and shows which way the answer came: through a relay (DERP) or directly.",
                        "",
                        "Stops after 10, or once the way is direct.")
                .footer(
                        "",
                        "Examples:",
                        "  tailnet-agent ping db",
                        "  tailnet-agent ping --until-direct=false -c 3 100.64.0.7",
                        "  tailnet-agent ping --icmp db");
        spec.addOption(ValueFlags.of(COUNT, "NUMBER", "Most pings to send, 0 for no limit (default 10)"));
        spec.addOption(ValueFlags.of(TIMEOUT, "TIME", "How long to wait for an answer (default 5s)"));
        spec.addOption(ValueFlags.of(
                SIZE, "BYTES", "Size of the ping, only on the outside of WireGuard (default: the least)"));
        spec.addOption(Switches.of(
                OptionSpec.builder(UNTIL_DIRECT).description("Stop once the way is direct (default true)")));
        spec.addOption(Switches.of("Through WireGuard, answered by the node itself", TSMP));
        spec.addOption(Switches.of("Through WireGuard, answered by the other machine's IP stack", ICMP));
        spec.addOption(Switches.of("Ask the other node's peer API", PEERAPI));
        spec.addOption(Switches.of("Say how a name was looked up", VERBOSE));
        spec.addPositional(PositionalParamSpec.builder()
                .index("0")
                .arity("1")
                .type(String.class)
                .paramLabel("HOST")
                .description("A node by name or address, or an address in its subnet routes")
                .build());
        LocalApiFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofNode(ExitCode.TIMEOUT, ExitCode.INTERRUPTED);
    }

    @Override
    public ExitCode execute(ParseResult arguments) throws ControlException {
        var client = LocalApiFlags.client(arguments);
        var status = Json.parse(client.get("status"));
        var down = NodeStates.whyNotUp(status);
        if (down.isPresent()) {
            System.out.println(down.get());
            return ExitCode.NODE;
        }
        String wanted = arguments.matchedPositionalValue(0, "");
        var target = PeerAddress.of(wanted, status, arguments);
        if (target.isOwn()) {
            System.out.println(target.address() + " is local Tailscale IP");
            return ExitCode.OK;
        }
        if (Switches.isOn(arguments, VERBOSE) && !target.address().equals(wanted)) {
            System.err.println("lookup \"" + wanted + "\" => \"" + target.address() + "\"");
        }
        return ping(client.within(ValueFlags.time(arguments, TIMEOUT, "5s")), target.address(), arguments);
    }

    private static ExitCode ping(LocalApiClient client, String address, ParseResult arguments) throws ControlException {
        var most = count(arguments);
        var type = type(arguments);
        var untilDirect = Switches.isOn(arguments, UNTIL_DIRECT, true);
        var request = "ping?ip=" + address + "&type=" + type + "&size=" + size(arguments);
        var isAnswered = false;
        for (int sent = 1; ; sent++) {
            var isLast = sent == most;
            try {
                var pong = Json.parse(client.post(request, ""));
                if (pong.text("Err").isPresent()) {
                    return failed(pong);
                }
                isAnswered = true;
                System.out.println(line(pong, type));
                var isDirect = pong.text("Endpoint").isPresent();
                if (!type.equals("disco") || (isDirect && untilDirect)) {
                    return ExitCode.OK;
                }
                if (isLast && untilDirect) {
                    System.err.println("direct connection not established");
                    return ExitCode.NODE;
                }
                if (!isLast && !Pause.of(PAUSE)) {
                    return ExitCode.OK;
                }
            } catch (ControlTimeoutException e) {
                System.out.println("ping \"" + address + "\" timed out");
                if (isLast && !isAnswered) {
                    System.err.println("no reply");
                    return ExitCode.TIMEOUT;
                }
            }
            if (isLast) {
                return ExitCode.OK;
            }
        }
    }

    private static ExitCode failed(Json pong) {
        var words = pong.text("Err").orElse("");
        if (pong.isTrue("IsLocalIP")) {
            System.out.println(words);
            return ExitCode.OK;
        }
        System.err.println(words);
        return ExitCode.NODE;
    }

    static String line(Json pong, String type) {
        var seconds = pong.text("LatencySeconds").map(Double::parseDouble).orElse(0.0);
        var latency = GoDuration.print(Duration.ofNanos((long) (seconds * 1e9)));
        if (type.equals("peerapi")) {
            return "hit peerapi of " + pong.text("NodeIP").orElse("") + " ("
                    + pong.text("NodeName").orElse("") + ") at "
                    + pong.text("PeerAPIURL").orElse("") + " in " + latency;
        }
        return "pong from " + pong.text("NodeName").orElse("") + " ("
                + pong.text("NodeIP").orElse("")
                + pong.text("PeerAPIPort").map(port -> ", " + port).orElse("") + ") via " + via(pong, type) + " in "
                + latency;
    }

    private static String via(Json pong, String type) {
        return pong.text("PeerRelay")
                .map(relay -> "peer-relay(" + relay + ")")
                .or(() -> pong.number("DERPRegionID") == 0
                        ? pong.text("Endpoint")
                        : pong.text("DERPRegionCode").map(code -> "DERP(" + code + ")"))
                .orElse(type);
    }

    private static String type(ParseResult arguments) {
        if (Switches.isOn(arguments, TSMP)) {
            return "TSMP";
        }
        if (Switches.isOn(arguments, ICMP)) {
            return "ICMP";
        }
        return Switches.isOn(arguments, PEERAPI) ? "peerapi" : "disco";
    }

    private static int count(ParseResult arguments) {
        return number(arguments, COUNT, "10");
    }

    private static int size(ParseResult arguments) {
        return number(arguments, SIZE, "0");
    }

    private static int number(ParseResult arguments, String flag, String otherwise) {
        String text = arguments.matchedOptionValue(flag, otherwise);
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            throw new ParameterException(
                    arguments.commandSpec().commandLine(), flag + ": '" + text + "' is not a number", e);
        }
    }
}
