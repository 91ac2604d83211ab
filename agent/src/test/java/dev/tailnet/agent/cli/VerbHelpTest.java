package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.ExitCode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What somebody reads who meets a verb for the first time. */
class VerbHelpTest {
    private static final int WIDTH = 100;

    private static CommandLine program(Invocation invocation) {
        var run = new RunVerb(
                configuration -> {
                    throw new AssertionError("it is only described");
                },
                NativeLibrary.none());
        var verbs = invocation == Invocation.TAILSCALE ? Verbs.ofTailscale() : Verbs.ofAgent(run);
        return Program.commandLine(invocation, verbs.select(""));
    }

    private static Stream<CommandLine> verbs() {
        return Arrays.stream(Invocation.values())
                .flatMap(invocation -> program(invocation).getSubcommands().values().stream());
    }

    @ParameterizedTest
    @EnumSource
    void theListHasALineForEachCommand(Invocation invocation) {
        var program = program(invocation);
        String help = program.getUsageMessage();
        List<String> list = help.lines()
                .dropWhile(line -> !line.equals("Commands:"))
                .skip(1)
                .takeWhile(line -> !line.isEmpty())
                .toList();
        assertThat(list).hasSize(program.getSubcommands().size());
        assertThat(help).contains("Examples:\n  ").contains("'" + invocation + " help COMMAND'");
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void eachHasExamplesOfItsOwnAndItsExitCodes(CommandLine verb) {
        String name = verb.getCommandSpec().qualifiedName();
        String help = verb.getUsageMessage();
        assertThat(help.lines().dropWhile(line -> !line.equals("Examples:")).skip(1))
                .isNotEmpty()
                .anySatisfy(line -> assertThat(line).contains(name));
        assertThat(help).contains("\nExit codes:\n  ", "\n  2 ");
        assertThat(help.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(WIDTH));
        assertThat(help).doesNotContain("\n\n\n", "=[BOOL]", "--json[=");
    }

    @Test
    void everyExitCodeIsOneOfAVerb() {
        String all = program(Invocation.TAILNET_AGENT).getSubcommands().values().stream()
                .map(CommandLine::getUsageMessage)
                .collect(Collectors.joining());
        assertThat(ExitCode.values())
                .allSatisfy(code -> assertThat(all).containsPattern("\n  " + code.code() + " +\\S"));
    }

    @Test
    void aVerbListsItsOwnExitCodesAlone() {
        String help = verbs().filter(verb -> verb.getCommandName().equals("resolve"))
                .map(CommandLine::getUsageMessage)
                .findFirst()
                .orElseThrow();
        assertThat(help.lines()
                        .dropWhile(line -> !line.equals("Exit codes:"))
                        .skip(1)
                        .takeWhile(line -> !line.isEmpty())
                        .map(line -> line.strip().split(" ")[0]))
                .containsExactly("0", "1", "2", "7", "8", "9");
    }
}
