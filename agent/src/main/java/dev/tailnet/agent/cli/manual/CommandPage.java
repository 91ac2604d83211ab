package dev.tailnet.agent.cli.manual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The page of the program, or of one of its commands, as {@code --help} has it. */
public final class CommandPage {
    private static final int SECTION = 1;
    private static final String EXAMPLES = "Examples:";
    private static final String INDENT = "  ";

    private final CommandSpec command;
    private final String name;

    public CommandPage(CommandSpec command) {
        this.command = command;
        this.name = command.qualifiedName("-");
    }

    /** As it lies in a folder of pages: {@code tailnet-agent-run.1}. */
    public String fileName() {
        return name + "." + SECTION;
    }

    /**
     * @param options by heading, in the order of the page; those that are hidden are left out
     * @param seeAlso other pages, as in {@code tailnet-agent-run(1)}
     */
    public String text(Edition edition, Map<String, List<OptionSpec>> options, List<String> seeAlso) {
        var usage = command.usageMessage();
        var description = formatted(usage.description());
        var page = new Roff(name, SECTION, edition, "User Commands");
        page.section("NAME").line(Roff.escape(name) + " \\- " + Roff.escape(summary(description.getFirst())));
        page.section("SYNOPSIS").line(synopsis());
        page.section("DESCRIPTION");
        prose(page, description);
        if (!command.subcommands().isEmpty()) {
            page.section("COMMANDS");
            command.subcommands()
                    .forEach((verb, line) -> page.tagged(
                            Roff.bold(name + "-" + verb) + "(1)",
                            formatted(line.getCommandSpec().usageMessage().description())
                                    .getFirst()));
        }
        options(page, options);
        if (!usage.exitCodeList().isEmpty()) {
            page.section("EXIT STATUS");
            usage.exitCodeList().forEach((code, meaning) -> page.tagged(Roff.bold(code), meaning));
        }
        footer(page, formatted(usage.footer()));
        page.section("SEE ALSO")
                .line(seeAlso.stream().map(CommandPage::reference).collect(Collectors.joining(",\n")));
        return page.toString();
    }

    private String synopsis() {
        var line = command.usageMessage().customSynopsis().length > 0
                ? String.join(" ", command.usageMessage().customSynopsis())
                : new Help(command).synopsis(0);
        var words = line.strip().replaceAll("\\s+", " ");
        var program = command.qualifiedName();
        return words.startsWith(program)
                ? Roff.bold(program) + Roff.escape(words.substring(program.length()))
                : Roff.escape(words);
    }

    private void options(Roff page, Map<String, List<OptionSpec>> options) {
        page.section("OPTIONS");
        for (var parameter : command.positionalParameters()) {
            if (!parameter.hidden()) {
                page.tagged(Roff.italic(parameter.paramLabel()), described(parameter));
            }
        }
        options.forEach((heading, group) -> {
            if (!heading.isEmpty()) {
                page.subsection(heading);
            }
            group.stream()
                    .filter(option -> !option.hidden())
                    .forEach(option -> page.tagged(tag(option), described(option)));
        });
    }

    private static String tag(OptionSpec option) {
        var names = Arrays.stream(option.names()).map(Roff::bold).collect(Collectors.joining(", "));
        if (option.arity().max() == 0) {
            return names;
        }
        var value = "=" + Roff.italic(option.paramLabel());
        return names + (option.arity().min() == 0 ? "[" + value + "]" : value);
    }

    private static String described(ArgSpec argument) {
        return String.join(" ", formatted(argument.description()));
    }

    /** Examples have a section of their own; what else stands below the help is prose. */
    private static void footer(Roff page, List<String> footer) {
        var examples = footer.indexOf(EXAMPLES);
        var end = examples < 0 ? footer.size() : examples;
        var after = end;
        while (after < footer.size() && !(after > end && footer.get(after).isEmpty())) {
            after++;
        }
        var notes = new ArrayList<>(footer.subList(0, end));
        notes.addAll(footer.subList(after, footer.size()));
        if (notes.stream().anyMatch(line -> !line.isEmpty())) {
            page.section("NOTES");
            prose(page, notes);
        }
        if (examples >= 0) {
            page.section("EXAMPLES");
            prose(page, footer.subList(examples + 1, after));
        }
    }

    private static void prose(Roff page, List<String> lines) {
        var block = new ArrayList<String>();
        for (var line : lines) {
            if (line.startsWith(INDENT)) {
                block.add(line.substring(INDENT.length()));
                continue;
            }
            flush(page, block);
            if (!line.isEmpty()) {
                page.paragraph(line);
            }
        }
        flush(page, block);
    }

    private static void flush(Roff page, List<String> block) {
        if (!block.isEmpty()) {
            page.verbatim(block);
            block.clear();
        }
    }

    /** As picocli prints them: {@code %%} is one, {@code %n} ends a line. */
    private static List<String> formatted(String[] texts) {
        return Arrays.stream(texts)
                .flatMap(text -> String.format(Locale.ROOT, text)
                        .lines()
                        .collect(Collectors.collectingAndThen(
                                Collectors.toList(), lines -> lines.isEmpty() ? List.of("") : lines))
                        .stream())
                .toList();
    }

    /** The first sentence, as the index of pages has it: begins small, without the point. */
    private static String summary(String description) {
        var end = description.indexOf(". ");
        var sentence = end < 0 ? description.replaceFirst("\\.$", "") : description.substring(0, end);
        return sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
    }

    private static String reference(String page) {
        var section = page.lastIndexOf('(');
        return Roff.bold(page.substring(0, section)) + page.substring(section);
    }
}
