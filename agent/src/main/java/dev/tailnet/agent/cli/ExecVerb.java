package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code exec} as help and completion know it: {@code bin/tailnet-agent} starts its program without Java. */
final class ExecVerb implements Verb {

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .customSynopsis("tailnet-agent exec [--runtime-dir=DIR] [--] CMD [ARG]...")
                .description(
                        "Runs a program whose connections and lookups go through the running agent, though it knows"
                                + " no proxy; 'tailnet-agent exec --help' says more.");
        spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .paramLabel("CMD [ARG]")
                .hideParamSyntax(true)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description("The program")
                .build());
        RunningAgentFlags.addTo(spec);
        return spec;
    }

    @Override
    public ExitCode execute(ParseResult arguments) {
        System.err.println(Program.NAME + ": exec is a program of its own: start bin/tailnet-agent, or"
                + " libexec/tailnet-exec beside it");
        return ExitCode.USAGE;
    }
}
