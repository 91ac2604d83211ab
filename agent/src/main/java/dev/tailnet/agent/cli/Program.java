package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program as a whole: finds the verb, answers calls for help, runs it. */
final class Program {
    static final String NAME = "tailnet-agent";
    private static final String HELP = "help";

    private final Verbs verbs;
    private final Invocation invocation;

    Program(Verbs verbs, Invocation invocation) {
        this.verbs = verbs;
        this.invocation = invocation;
    }

    int execute(String... args) {
        var given = invocation == Invocation.TAILSCALE ? TailscaleArguments.translate(args) : args;
        var arguments = given.length > 0 && given[0].equals(HELP) ? helpAsFlag(given) : given;
        var selected = verbs.select(arguments.length == 0 ? "" : arguments[0]);
        var commandLine = commandLine(invocation, selected);
        try {
            return invocation.exitCode(execute(commandLine, selected, arguments));
        } catch (ParameterException e) {
            complain(e);
            return ExitCode.USAGE.code();
        } catch (ControlException e) {
            System.err.println(NAME + ": " + e.getMessage());
            return invocation.exitCode(e.exitCode());
        }
    }

    private static ExitCode execute(CommandLine commandLine, Map<String, Verb> selected, String[] arguments)
            throws ControlException {
        var parsed = commandLine.parseArgs(arguments);
        var called = parsed.subcommand();
        if (called == null) {
            if (parsed.isUsageHelpRequested()) {
                commandLine.usage(System.out, Ansi.OFF);
                return ExitCode.OK;
            }
            if (parsed.isVersionHelpRequested()) {
                System.out.println(VersionVerb.ofAgent());
                return ExitCode.OK;
            }
            commandLine.usage(System.err, Ansi.OFF);
            return ExitCode.USAGE;
        }
        if (called.isUsageHelpRequested()) {
            called.commandSpec().commandLine().usage(System.out, Ansi.OFF);
            return ExitCode.OK;
        }
        var verb = selected.get(called.commandSpec().name());
        if (verb == null) {
            throw new IllegalStateException(called.commandSpec().name() + " was parsed but not selected");
        }
        return verb.execute(called);
    }

    /** {@code help status} is {@code status --help}. */
    private static String[] helpAsFlag(String[] args) {
        var arguments = Arrays.copyOfRange(args, 1, args.length + 1);
        arguments[args.length - 1] = "--help";
        return arguments;
    }

    /** The description of verbs, by which arguments are read and completed. */
    static CommandLine commandLine(Invocation invocation, Map<String, Verb> selected) {
        var root = CommandSpec.create().name(invocation.toString()).addOption(helpOption());
        root.addOption(OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .type(boolean.class)
                .arity("0")
                .description("Show the agent's version")
                .build());
        root.usageMessage()
                .description(invocation.purpose())
                .synopsisSubcommandLabel("COMMAND")
                .commandListHeading("%nCommands:%n")
                .optionListHeading("%n")
                .footer(invocation.examples());
        selected.forEach((name, verb) -> root.addSubcommand(name, describe(invocation, name, verb)));
        var commandLine = new CommandLine(root);
        commandLine.setExpandAtFiles(false);
        commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
        commandLine.setUsageHelpWidth(100);
        commandLine.setHelpFactory(VerbHelp::new);
        return commandLine;
    }

    private static CommandSpec describe(Invocation invocation, String name, Verb verb) {
        var spec = verb.spec().name(name).addOption(helpOption());
        spec.usageMessage()
                .abbreviateSynopsis(true)
                .parameterListHeading(spec.positionalParameters().isEmpty() ? "" : "%n")
                .optionListHeading("%n")
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(exitCodes(invocation, verb));
        if (invocation != Invocation.TAILNET_AGENT) {
            spec.usageMessage()
                    .footer(called(invocation, spec.usageMessage().footer()))
                    .customSynopsis(called(invocation, spec.usageMessage().customSynopsis()));
        }
        return spec;
    }

    private static String[] called(Invocation invocation, String[] lines) {
        return Arrays.stream(lines)
                .map(line -> line.replace(NAME + " ", invocation + " "))
                .toArray(String[]::new);
    }

    private static OptionSpec helpOption() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .type(boolean.class)
                .arity("0")
                .description("Show this help")
                .build();
    }

    private static Map<String, String> exitCodes(Invocation invocation, Verb verb) {
        if (invocation == Invocation.TAILSCALE) {
            return Map.of("0", "success", "1", "failure", "2", "wrong flag");
        }
        var meanings = new TreeMap<String, String>((one, other) -> Integer.parseInt(one) - Integer.parseInt(other));
        verb.exitCodes().forEach(code -> meanings.put(String.valueOf(code.code()), code.meaning()));
        return meanings;
    }

    private static String words(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            var first = unmatched.getUnmatched().getFirst();
            var kind = first.startsWith("-")
                    ? "unknown flag"
                    : e.getCommandLine().getSubcommands().isEmpty() ? "one argument too many:" : "unknown command";
            return kind + " '" + first + "'";
        }
        return String.valueOf(e.getMessage());
    }

    private static void complain(ParameterException e) {
        System.err.println(NAME + ": " + words(e));
        UnmatchedArgumentException.printSuggestions(e, new PrintWriter(System.err, true, Charset.defaultCharset()));
        System.err.println(
                "Run '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help' for what there is.");
    }
}
