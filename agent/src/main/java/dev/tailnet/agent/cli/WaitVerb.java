package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.cli.text.GoDuration;
import java.time.Duration;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code wait}: return when the node is up and the proxies listen. */
final class WaitVerb implements Verb {
    private static final int INITIAL_STATE = 2;
    private static final String RUNNING = "6";

    /** How long a socket that is there has for one answer, which the agent holds back for 20 s. */
    private static final Duration ANSWER = Duration.ofSeconds(25);

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description(
                        "Waits until the agent's proxies listen and its node is up, for scripts.",
                        "",
                        "The agent may be started after this, and stopped and started meanwhile.")
                .footer(
                        "",
                        "Examples:",
                        "  tailnet-agent run & tailnet-agent wait --timeout=30s && exec app",
                        "  tailnet-agent wait && tailnet-agent ip -4");
        spec.addOption(ValueFlags.of(
                "--timeout", "TIME", "Give up after this time, with the reason (default: wait for ever)"));
        LocalApiFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.alone(ExitCode.DENIED, ExitCode.TIMEOUT, ExitCode.INTERRUPTED);
    }

    @Override
    public ExitCode execute(ParseResult arguments) throws ControlException {
        var timeout = LoginFlags.timeout(arguments);
        var deadline = System.nanoTime() + timeout.toNanos();
        if (isUp(arguments, deadline) || comesUp(arguments, deadline)) {
            Progress.clear();
            return ExitCode.OK;
        }
        Progress.clear();
        System.err.println(Program.NAME + ": not up after " + GoDuration.print(timeout) + ": " + whyNot(arguments));
        return ExitCode.TIMEOUT;
    }

    /** The agent may not have been started yet, or be about to start again. */
    private static boolean comesUp(ParseResult arguments, long deadline) throws ControlException {
        var sockets = LocalApiFlags.candidates(arguments);
        while (left(deadline).isPositive()) {
            try (var arrival = SocketArrival.watch(sockets)) {
                if (isUp(arguments, deadline)) {
                    return true;
                }
                Progress.show("waiting for the agent ...");
                if (!arrival.await(left(deadline))) {
                    return false;
                }
            }
        }
        return false;
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(deadline - System.nanoTime());
    }

    /** Returns false when nobody answers, or not any more, and at the deadline. */
    private static boolean isUp(ParseResult arguments, long deadline) throws ControlException {
        try {
            while (left(deadline).isPositive()) {
                if (AgentBeside.client(arguments, shorter(left(deadline), ANSWER))
                        .get("/wait")
                        .strip()
                        .equals("up")) {
                    return true;
                }
            }
            return false;
        } catch (ControlTimeoutException e) {
            return false;
        } catch (ControlException e) {
            return isUpByItself(arguments, deadline);
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Asks the node where the agent cannot be asked: it is another user's, or the socket is of tailscaled. */
    private static boolean isUpByItself(ParseResult arguments, long deadline) throws ControlException {
        var client = new LocalApiClient(LocalApiFlags.socket(arguments), left(deadline));
        try (var stream = client.watch(INITIAL_STATE)) {
            Progress.show("waiting for the node ...");
            while (true) {
                var state = stream.next().text("State");
                if (state.filter(RUNNING::equals).isPresent()
                        && !Json.parse(client.within(ANSWER).get("status?peers=false"))
                                .texts("TailscaleIPs")
                                .isEmpty()) {
                    return true;
                }
            }
        } catch (LocalApiException e) {
            if (e.isDenied()) {
                throw e;
            }
            return false;
        } catch (ControlException e) {
            return false;
        }
    }

    private static String whyNot(ParseResult arguments) {
        try {
            return StatusText.state(Json.parse(AgentBeside.client(arguments).get("/status")));
        } catch (ControlException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
