package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.cli.completion.FishCompletion;
import dev.tailnet.agent.cli.completion.ZshCompletion;
import java.util.Set;
import picocli.AutoComplete;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code completion}: a script that has a shell complete this program's verbs and flags. */
final class CompletionVerb implements Verb {
    private final Verbs verbs;
    private final Invocation invocation;

    CompletionVerb(Verbs verbs, Invocation invocation) {
        this.verbs = verbs;
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description("Prints a script that has a shell complete commands and flags.")
                .footer(
                        "",
                        "Examples:",
                        "  source <(tailnet-agent completion bash)",
                        "  source <(tailnet-agent completion zsh)    # after compinit; or as _tailnet-agent in fpath",
                        "  tailnet-agent completion fish > ~/.config/fish/completions/tailnet-agent.fish");
        spec.addPositional(PositionalParamSpec.builder()
                .index("0")
                .arity("1")
                .type(String.class)
                .paramLabel("bash|zsh|fish")
                .description("The shell that it is for")
                .build());
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.alone();
    }

    @Override
    public ExitCode execute(ParseResult arguments) {
        var all = Program.commandLine(invocation, verbs.select(""));
        String shell = arguments.matchedPositionalValue(0, "");
        System.out.print(
                switch (shell) {
                    case "bash" -> AutoComplete.bash(invocation.toString(), all);
                    case "zsh" -> ZshCompletion.script(all.getCommandSpec());
                    case "fish" -> FishCompletion.script(all.getCommandSpec());
                    default ->
                        throw new ParameterException(
                                arguments.commandSpec().commandLine(), "'" + shell + "' is none of bash, zsh, fish");
                });
        return ExitCode.OK;
    }
}
