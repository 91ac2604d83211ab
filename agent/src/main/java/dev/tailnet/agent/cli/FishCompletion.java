package dev.tailnet.agent.cli;

import java.util.Arrays;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Completions of fish: the verbs, and each verb's flags. */
final class FishCompletion {
    private FishCompletion() {}

    static String script(CommandSpec program) {
        var command = "complete -c " + program.name();
        var text = new StringBuilder(command).append(" -f\n");
        program.subcommands().forEach((name, verb) -> {
            var spec = verb.getCommandSpec();
            text.append(command)
                    .append(" -n __fish_use_subcommand -a ")
                    .append(name)
                    .append(described(firstSentence(spec.usageMessage().description())))
                    .append('\n');
            for (var option : spec.options()) {
                if (!option.hidden()) {
                    text.append(command)
                            .append(" -n '__fish_seen_subcommand_from ")
                            .append(name)
                            .append("'")
                            .append(flag(option))
                            .append('\n');
                }
            }
        });
        return text.toString();
    }

    private static String flag(OptionSpec option) {
        var text = new StringBuilder();
        for (var name : option.names()) {
            text.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("^--?", ""));
        }
        if (option.arity().min() > 0) {
            // The value may be a file; fish is told to offer some.
            text.append(isFile(option) ? " -r -F" : " -x");
        }
        return text.append(described(firstSentence(option.description()))).toString();
    }

    private static boolean isFile(OptionSpec option) {
        return Arrays.asList("PATH", "FILE", "DIR").contains(option.paramLabel());
    }

    private static String firstSentence(String[] description) {
        var first = description.length == 0 ? "" : description[0];
        var end = first.indexOf(". ");
        return end < 0 ? first.replaceFirst("\\.$", "") : first.substring(0, end);
    }

    private static String described(String text) {
        return text.isEmpty() ? "" : " -d '" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
