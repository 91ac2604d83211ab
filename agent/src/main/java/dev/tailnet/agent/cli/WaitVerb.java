package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.cli.text.GoDuration;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code wait}: return when the node is up and the proxies listen. */
final class WaitVerb implements Verb {
    private static final int INITIAL_STATE = 2;
    private static final String RUNNING = "6";
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(100);

    /** How long a socket that is there has for one answer. */
    private static final Duration ANSWER = Duration.ofSeconds(5);

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description(
                        "Waits until the agent runs, its proxies listen and its node is up, for scripts that go on then."
                                + " The agent may be started after this.")
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
    public ExitCode execute(ParseResult arguments) throws ControlException {
        var timeout = LoginFlags.timeout(arguments);
        var deadline = System.nanoTime() + timeout.toNanos();
        while (deadline - System.nanoTime() > 0) {
            try {
                await(arguments, Duration.ofNanos(deadline - System.nanoTime()));
                if (isUp(arguments)) {
                    Progress.clear();
                    return ExitCode.OK;
                }
                if (!Pause.of(BETWEEN_ATTEMPTS)) {
                    break;
                }
            } catch (ControlException e) {
                if (e instanceof LocalApiException answer && answer.isDenied()) {
                    throw e;
                }
                // It may not have been started yet, or be about to start again.
                Progress.show("waiting for the agent ...");
                if (!Pause.of(BETWEEN_ATTEMPTS)) {
                    break;
                }
            }
        }
        Progress.clear();
        System.err.println(Program.NAME + ": not up after " + GoDuration.print(timeout) + ": " + whyNot(arguments));
        return ExitCode.TIMEOUT;
    }

    private static void await(ParseResult arguments, Duration left) throws ControlException {
        var client = new LocalApiClient(LocalApiFlags.socket(arguments), left);
        try (var stream = client.watch(INITIAL_STATE)) {
            Progress.show("waiting for the node ...");
            while (true) {
                var state = stream.next().text("State");
                if (state.filter(RUNNING::equals).isPresent()
                        && !Json.parse(client.within(ANSWER).get("status?peers=false"))
                                .texts("TailscaleIPs")
                                .isEmpty()) {
                    return;
                }
            }
        }
    }

    /** What the tailscale packages call running may be a node that was removed, or that has no network: the agent knows. */
    private static boolean isUp(ParseResult arguments) {
        try {
            return Json.parse(AgentBeside.client(arguments).get("/status"))
                    .text("state")
                    .filter("running"::equals)
                    .isPresent();
        } catch (ControlException e) {
            return true; // another program's socket, which cannot be asked
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
