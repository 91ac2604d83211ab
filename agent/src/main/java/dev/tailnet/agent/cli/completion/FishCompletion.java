package dev.tailnet.agent.cli.completion;

import java.util.List;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Completions of fish: the commands, and each command's flags and words. */
public final class FishCompletion {
    private final String complete;
    private final StringBuilder text = new StringBuilder();

    private FishCompletion(CommandSpec program) {
        complete = "complete -c " + program.name();
        line(" -f");
        program.options().forEach(option -> line(" -n __fish_use_subcommand" + flag(option)));
        program.subcommands().forEach((name, line) -> command(name, line.getCommandSpec()));
    }

    public static String script(CommandSpec program) {
        return new FishCompletion(program).text.toString();
    }

    private void command(String name, CommandSpec command) {
        line(" -n __fish_use_subcommand -a " + name
                + described(Completion.summary(command.usageMessage().description())));
        var within = " -n '__fish_seen_subcommand_from " + name + "'";
        command.options().stream().filter(option -> !option.hidden()).forEach(option -> line(within + flag(option)));
        if (Completion.startsProgram(command)) {
            line(within + " -a '(__fish_complete_subcommand --fcs-skip=2)'");
        }
        command.positionalParameters().stream()
                .map(FishCompletion::values)
                .filter(values -> !values.isEmpty())
                .forEach(values -> line(within + values));
    }

    private void line(String rest) {
        text.append(complete).append(rest).append('\n');
    }

    private static String flag(OptionSpec option) {
        var flag = new StringBuilder();
        for (var name : option.names()) {
            flag.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("^--?", ""));
        }
        if (option.arity().min() > 0) {
            var values = values(option);
            flag.append(values.isEmpty() ? " -x" : values.startsWith(" -a") ? " -x" + values : " -r" + values);
        }
        return flag.append(described(Completion.summary(option.description()))).toString();
    }

    private static String values(ArgSpec argument) {
        List<String> choices = Completion.choices(argument);
        if (!choices.isEmpty()) {
            return " -a '" + String.join(" ", choices) + "'";
        }
        return Completion.isFile(argument) ? " -F" : "";
    }

    private static String described(String text) {
        return text.isEmpty() ? "" : " -d '" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
