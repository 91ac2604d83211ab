package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShellFilesTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void write() throws Exception {
        ShellFiles.main(new String[] {directory.toString(), "2026-01-31T00:00:00Z"});
    }

    private static String run(List<String> command) throws Exception {
        assumeTrue(Files.isExecutable(Path.of(command.getFirst())), command.getFirst() + " is missing");
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void thereIsAPageForTheProgramEachCommandAndTheConfiguration() throws Exception {
        assertThat(directory.resolve("man/man1/tailnet-agent.1"))
                .content()
                .contains(
                        ".TH \"TAILNET\\-AGENT\" \"1\" \"2026\\-01\\-31\"",
                        "tailnet\\-agent\\-policy",
                        "tailnet\\-agent.yaml");
        assertThat(directory.resolve("man/man1/tailnet-agent-run.1"))
                .content()
                .contains(
                        "tailnet\\-agent\\-run \\- starts the agent in the foreground",
                        ".SS \"Node and login\"",
                        "\\fB\\-\\-ephemeral\\fR[=\\fIBOOL\\fR]",
                        ".SH \"EXIT STATUS\"",
                        ".SH \"NOTES\"",
                        ".SH \"EXAMPLES\"");
        assertThat(directory.resolve("man/man1/tailnet-agent-nc.1")).content().contains("tailnet\\-agent nc %h %p");
        assertThat(directory.resolve("man/man5/tailnet-agent.yaml.5"))
                .content()
                .contains("\\fBmax\\-connections\\fR: \\fINUMBER\\fR\nOpen connections in all (default 10000) (live)");
        try (var pages = Files.list(directory.resolve("man/man1"))) {
            assertThat(pages).hasSizeGreaterThan(20);
        }
    }

    @Test
    void manHasNothingToSayOfThePages() throws Exception {
        try (var pages = Files.walk(directory.resolve("man"))) {
            for (var page : pages.filter(Files::isRegularFile).toList()) {
                assertThat(run(List.of("/usr/bin/groff", "-man", "-Tutf8", "-ww", "-z", page.toString())))
                        .as(page.toString())
                        .isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"/bin/bash, tailnet-agent.bash", "/usr/bin/zsh, _tailnet-agent", "/usr/bin/fish, tailnet-agent.fish"})
    void shellsUnderstandTheirCompletion(String shell, String file) throws Exception {
        assertThat(run(List.of(
                        shell,
                        "-n",
                        directory.resolve("completions").resolve(file).toString())))
                .isEmpty();
    }

    @Test
    void fishOffersCommandsFlagsAndTheirWords() throws Exception {
        assertThat(fish("tailnet-agent pol")).containsExactly("policy");
        assertThat(fish("tailnet-agent run --ephem")).contains("--ephemeral");
        assertThat(fish("tailnet-agent run --internet ")).contains("direct", "deny", "exit-node");
        assertThat(fish("tailnet-agent policy ")).contains("check", "learn");
    }

    private List<String> fish(String line) throws Exception {
        return run(List.of(
                        "/usr/bin/fish",
                        "--no-config",
                        "-c",
                        "source " + directory.resolve("completions/tailnet-agent.fish") + "; complete -C '" + line
                                + "'"))
                .lines()
                .map(offer -> offer.replaceFirst("\t.*", ""))
                .toList();
    }

    /** The help that {@code exec} itself has is not made of the model. */
    @Test
    void execHasTheFlagsThatItsProgramKnows() throws Exception {
        var help = Files.readString(Path.of("../native-bridge/src/main/exec/options.go"));
        var known = Pattern.compile("(?m)^ +(?:-h, )?(--[a-z-]+)")
                .matcher(help.substring(0, help.indexOf("var errHelp")))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(known).isNotEmpty();
        var described = new ExecVerb().spec().optionsMap().keySet();
        assertThat(Stream.concat(described.stream(), Stream.of("--help"))).containsExactlyInAnyOrderElementsOf(known);
    }
}
