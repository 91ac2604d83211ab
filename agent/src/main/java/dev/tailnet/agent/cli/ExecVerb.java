package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code exec} as manual page and completion know it: {@code bin/tailnet-agent} starts its program without Java, which has a help of
 * its own.
 */
final class ExecVerb implements Verb {

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .customSynopsis(
                        "tailnet-agent exec [--start] [--enforce [--allow-unix=PATH]...] [--runtime-dir=DIR] [--]"
                                + " CMD [ARG]...")
                .description(
                        "Runs a program that knows no proxy with its connections going through the agent.",
                        "",
                        "So do its lookups. The agent's policy and its audit log hold for them as for all others; what the"
                                + " program starts is followed. Neither privilege nor a TUN device is used.")
                .footer(
                        "",
                        "Connections to loopback addresses and unix sockets are left alone.",
                        "",
                        "It ends with the exit code of the program; with 125 if this system does not allow it, 126 if the"
                                + " program cannot be run, 127 if there is none such.",
                        "",
                        "Examples:",
                        "  tailnet-agent exec -- psql -h postgres.internal",
                        "  tailnet-agent exec -- ssh build-7",
                        "  tailnet-agent exec -- bash");
        spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .paramLabel("CMD [ARG]")
                .hideParamSyntax(true)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description("The program")
                .build());
        spec.addOption(Switches.bare(
                "--start",
                "Start an agent for as long as CMD runs, if none is running; its flags come from the environment"
                        + " (TS_AUTHKEY, TAILNET_...)"));
        spec.addOption(Switches.bare("--enforce", "Nothing but what the agent carries leaves: see 'exec --explain'"));
        spec.addOption(ValueFlags.of(
                "--allow-unix",
                "PATH",
                "With --enforce: a unix socket whose server outside may be used; repeat for more"));
        spec.addOption(Switches.bare("--explain", "Say what --enforce holds on this kernel, and what it does not"));
        RunningAgentFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return Set.of(ExitCode.USAGE, ExitCode.NODE, ExitCode.NO_AGENT);
    }

    @Override
    public ExitCode execute(ParseResult arguments) {
        System.err.println(Program.NAME + ": exec is a program of its own: start bin/tailnet-agent, or"
                + " libexec/tailnet-exec beside it");
        return ExitCode.USAGE;
    }
}
