package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code entrypoint}: the agent and a command beside it. Described here, done by {@code libexec/tailnet-init}, which
 * {@code bin/tailnet-agent} starts at once: no JVM stays around for the sake of waiting.
 */
final class EntrypointVerb implements Verb {
    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .customSynopsis("tailnet-agent entrypoint [FLAGS] [FLAGS of run] -- COMMAND [ARGUMENT...]")
                .description(
                        "Starts the agent, waits for its node, and runs a command beside it: for images.",
                        "",
                        "The command has the environment that 'env' prints, and no part in the agent's secrets. When it has ended,"
                                + " the agent drains, logs an ephemeral node out, and all ends with the command's exit code. As"
                                + " process 1 of a container it reaps orphans.",
                        "",
                        "Signals go to the command, and while there is none to the agent. Each flag is also the variable"
                                + " TAILNET_ENTRYPOINT_NAME.")
                .footer(
                        "",
                        "It ends with the exit code of the command, 128 and the signal's number if a signal ended it, 126 if it"
                                + " cannot be executed, 127 if there is none such; with 12 if the node was not up in time, and"
                                + " with that of 'run' if the agent ended before the command was started.",
                        "",
                        "Examples:",
                        "  TS_AUTHKEY=tskey-... tailnet-agent entrypoint --hostname=box -- bash",
                        "  ENTRYPOINT [\"/opt/tailnet-agent/bin/tailnet-agent\", \"entrypoint\", \"--\"]");
        spec.addOption(ValueFlags.of(
                "--timeout",
                "TIME",
                "How long to wait for the node (default 30s); 0 waits only until the proxies listen"));
        spec.addOption(ValueFlags.of(
                "--on-timeout", "fail|run", "What then: end with 12, or run the command all the same (default fail)"));
        spec.addOption(ValueFlags.of(
                "--on-agent-exit",
                "continue|end",
                "What becomes of the command when the agent ends before it: it goes on, without the tailnet, or gets SIGTERM and"
                        + " after 10s SIGKILL (default continue)"));
        spec.addOption(ValueFlags.of(
                "--agent-log",
                "FILE",
                "Where the agent's log goes (default: to standard error, beside what the command says)"));
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return Set.of(ExitCode.USAGE, ExitCode.NODE, ExitCode.TIMEOUT);
    }

    @Override
    public ExitCode execute(ParseResult arguments) {
        System.err.println(Program.NAME + ": entrypoint is libexec/tailnet-init's; start it by bin/tailnet-agent");
        return ExitCode.USAGE;
    }
}
