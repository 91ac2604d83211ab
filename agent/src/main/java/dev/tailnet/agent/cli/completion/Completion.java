package dev.tailnet.agent.cli.completion;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** What the scripts of all shells ask of the model. */
final class Completion {
    /** After these comes a program with arguments of its own. */
    private static final Set<String> STARTS_PROGRAM = Set.of("exec", "entrypoint");

    private static final Set<String> FILES = Set.of("PATH", "FILE", "DIR", "LOG");

    /** {@code direct|deny}, but not {@code NAME|IP}. */
    private static final Pattern CHOICES = Pattern.compile("[a-z0-9-]+(\\|[a-z0-9-]+)+");

    private Completion() {}

    static boolean startsProgram(CommandSpec command) {
        return STARTS_PROGRAM.contains(command.name());
    }

    /** The words that it may be, or none if it may be anything. */
    static List<String> choices(ArgSpec argument) {
        var label = argument.paramLabel();
        return CHOICES.matcher(label).matches() ? Arrays.asList(label.split("\\|")) : List.of();
    }

    static boolean isFile(ArgSpec argument) {
        return FILES.contains(argument.paramLabel());
    }

    static String summary(String... description) {
        var first = description.length == 0 ? "" : String.format(Locale.ROOT, description[0]);
        var end = first.indexOf(". ");
        return end < 0 ? first.replaceFirst("\\.$", "") : first.substring(0, end);
    }
}
