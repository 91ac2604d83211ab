package dev.tailnet.agent.cli.completion;

import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The completion of zsh: a function that lies in a folder of its {@code fpath}, or is read by a {@code source}. */
public final class ZshCompletion {
    private static final String INDENT = " \\\n                ";

    private ZshCompletion() {}

    public static String script(CommandSpec program) {
        return """
                #compdef %1$s

                _%1$s() {
                    local curcontext=$curcontext state ret=1
                    local -a line
                    local -A opt_args
                    _arguments -C -S%2$s \\
                        '1: :->command' '*:: :->argument' && ret=0
                    case $state in
                    command)
                        local -a commands=(
                %3$s        )
                        _describe -t commands command commands && ret=0
                        ;;
                    argument)
                        curcontext=${curcontext%%:*:*}:%1$s-$line[1]:
                        case $line[1] in
                %4$s        esac
                        ;;
                    esac
                    return ret
                }

                if [[ $funcstack[1] == _%1$s ]]; then
                    _%1$s "$@"
                else
                    compdef _%1$s %1$s
                fi
                """.formatted(program.name(), flags(program), commands(program), cases(program));
    }

    private static String commands(CommandSpec program) {
        return program.subcommands().entrySet().stream()
                .map(command -> "            "
                        + quoted(command.getKey() + ":"
                                + Completion.summary(command.getValue()
                                        .getCommandSpec()
                                        .usageMessage()
                                        .description()))
                        + "\n")
                .collect(Collectors.joining());
    }

    private static String cases(CommandSpec program) {
        return program.subcommands().entrySet().stream()
                .map(command -> "        " + command.getKey() + ")\n            _arguments -S"
                        + arguments(command.getValue().getCommandSpec()) + " && ret=0\n            ;;\n")
                .collect(Collectors.joining());
    }

    private static String arguments(CommandSpec command) {
        if (Completion.startsProgram(command)) {
            return flags(command) + INDENT + quoted("(-)1: :_command_names -e") + INDENT + quoted("*:: :_normal");
        }
        return flags(command)
                + command.positionalParameters().stream()
                        .map(parameter -> INDENT
                                + quoted((parameter.index().max()
                                                        > parameter.index().min()
                                                ? "*"
                                                : String.valueOf(
                                                        parameter.index().min() + 1))
                                        + ":" + escaped(parameter.paramLabel()) + ":" + action(parameter)))
                        .collect(Collectors.joining());
    }

    private static String flags(CommandSpec command) {
        return command.options().stream()
                .filter(option -> !option.hidden())
                .flatMap(option -> Arrays.stream(option.names()).map(name -> INDENT + quoted(flag(option, name))))
                .collect(Collectors.joining());
    }

    /** Whether a flag may be repeated, the description of most does not say; it may. */
    private static String flag(OptionSpec option, String name) {
        var description = "[" + escaped(Completion.summary(option.description())) + "]";
        if (option.arity().max() == 0) {
            return (option.usageHelp() ? "(- *)" : "") + name + description;
        }
        var value = ":" + escaped(option.paramLabel()) + ":" + action(option);
        // A value that may be left out is one only behind '='.
        return option.arity().min() == 0
                ? "*" + name + "=-" + description + ":" + value
                : "*" + name + "=" + description + value;
    }

    private static String action(ArgSpec argument) {
        var choices = Completion.choices(argument);
        if (!choices.isEmpty()) {
            return "(" + String.join(" ", choices) + ")";
        }
        return switch (argument.paramLabel()) {
            case "BOOL" -> "(true false)";
            case "DIR" -> "_files -/";
            default -> Completion.isFile(argument) ? "_files" : " ";
        };
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("[", "\\[")
                .replace("]", "\\]")
                .replace(":", "\\:");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
