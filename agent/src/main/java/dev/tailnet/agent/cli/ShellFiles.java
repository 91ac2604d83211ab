package dev.tailnet.agent.cli;

import dev.tailnet.agent.AgentVersion;
import dev.tailnet.agent.cli.completion.FishCompletion;
import dev.tailnet.agent.cli.completion.ZshCompletion;
import dev.tailnet.agent.cli.manual.CommandPage;
import dev.tailnet.agent.cli.manual.ConfigurationPage;
import dev.tailnet.agent.cli.manual.Edition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What the distribution has for {@code man} and for shells: {@code man/man1}, {@code man/man5}, {@code completions}. The build starts it;
 * the agent never does.
 *
 * <p>Usage: {@code ShellFiles DIRECTORY TIME}, that of the build, as in 2026-01-31T00:00:00Z.
 */
public final class ShellFiles {
    /** Wide enough for a line that is not broken: whoever reads it, breaks it. */
    private static final int UNBROKEN = 10_000;

    private final CommandLine program;

    private ShellFiles(Verbs verbs) {
        program = Program.commandLine(Invocation.TAILNET_AGENT, verbs.select(""));
        program.setUsageHelpWidth(UNBROKEN);
    }

    public static void main(String[] args) throws IOException {
        var run = new RunVerb(
                configuration -> {
                    throw new UnsupportedOperationException("nothing is started here");
                },
                NativeLibrary.none());
        new ShellFiles(Verbs.ofAgent(run))
                .write(Path.of(args[0]), OffsetDateTime.parse(args[1]).toLocalDate());
    }

    private void write(Path directory, LocalDate date) throws IOException {
        var edition = new Edition(Program.NAME + " " + AgentVersion.current(), date.toString());
        var man1 = Files.createDirectories(directory.resolve("man/man1"));
        var all = new ArrayList<String>();
        for (var line : program.getSubcommands().values()) {
            var spec = line.getCommandSpec();
            all.add(spec.qualifiedName("-") + "(1)");
            page(man1, spec, edition, List.of("tailnet-agent(1)", "tailnet-agent.yaml(5)"));
        }
        all.add("tailnet-agent.yaml(5)");
        page(man1, program.getCommandSpec(), edition, all);
        var man5 = Files.createDirectories(directory.resolve("man/man5"));
        Files.writeString(man5.resolve(ConfigurationPage.fileName()), ConfigurationPage.text(edition));

        var completions = Files.createDirectories(directory.resolve("completions"));
        var spec = program.getCommandSpec();
        // It is read, not started.
        var bash = AutoComplete.bash(Program.NAME, program).replaceFirst("^#!.*\n", "");
        Files.writeString(completions.resolve(Program.NAME + ".bash"), bash);
        Files.writeString(completions.resolve("_" + Program.NAME), ZshCompletion.script(spec));
        Files.writeString(completions.resolve(Program.NAME + ".fish"), FishCompletion.script(spec));
    }

    private static void page(Path directory, CommandSpec spec, Edition edition, List<String> seeAlso)
            throws IOException {
        var page = new CommandPage(spec);
        Files.writeString(directory.resolve(page.fileName()), page.text(edition, options(spec), seeAlso));
    }

    private static Map<String, List<OptionSpec>> options(CommandSpec spec) {
        return spec.name().equals(Verbs.RUN)
                ? RunHelp.groups(spec)
                : Map.of(
                        "",
                        spec.options().stream()
                                .sorted(Comparator.comparing(OptionSpec::longestName))
                                .toList());
    }
}
