package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.config.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code ssh-config}: the lines of ssh_config(5) with which ssh and git reach hosts through the running agent. */
final class SshConfigVerb implements Verb {
    /** What ssh_config's patterns are made of; blanks and commas would make several of one, quotes and hashes more. */
    private static final Pattern HOST_PATTERN = Pattern.compile("!?[A-Za-z0-9*?._:-]+");

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/._+=-]+");
    private static final String TAILSCALE_DOMAIN = "ts.net";

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description(
                        "Prints lines for ~/.ssh/config that lead ssh, scp, rsync and git through the agent.",
                        "",
                        "They are for the hosts of these patterns; without one, for the names of the tailnet's domain.")
                .footer(
                        "",
                        "Examples:",
                        "  tailnet-agent ssh-config >> ~/.ssh/config",
                        "  tailnet-agent ssh-config 'build-*' '100.*' > tailnet.conf && ssh -F tailnet.conf build-7");
        spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .paramLabel("HOST-PATTERN")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description("As in ssh_config(5): *, ? and ! are special")
                .build());
        RunningAgentFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofAgent();
    }

    @Override
    public ExitCode execute(ParseResult arguments) {
        List<String> patterns = arguments.matchedPositionalValue(0, List.<String>of());
        for (var pattern : patterns) {
            if (!HOST_PATTERN.matcher(pattern).matches()) {
                throw new ParameterException(
                        arguments.commandSpec().commandLine(), "'" + pattern + "' is no host pattern of ssh_config(5)");
            }
        }
        if (patterns.isEmpty()) {
            patterns = List.of("*." + domain(arguments));
        }
        System.out.print(lines(patterns, command(arguments)));
        return ExitCode.OK;
    }

    static String lines(List<String> patterns, List<String> command) {
        var words = command.stream().map(SshConfigVerb::word).toList();
        return "Host " + String.join(" ", patterns) + "\n    ProxyCommand " + String.join(" ", words) + " %h %p\n";
    }

    /** ssh expands percent signs, then gives the line to the user's shell. */
    private static String word(String word) {
        return PLAIN.matcher(word).matches()
                ? word
                : "'" + word.replace("'", "'\\''").replace("%", "%%") + "'";
    }

    private static String domain(ParseResult arguments) {
        try {
            var status = Json.parse(RunningAgentFlags.client(arguments).get("/status"));
            var domain = status.text("dnsName")
                    .filter(name -> name.indexOf('.') > 0)
                    .map(name -> name.substring(name.indexOf('.') + 1));
            if (domain.isPresent()) {
                return domain.get();
            }
            System.err.println(Program.NAME + ": the node has no name yet: " + StatusText.state(status));
        } catch (ControlException e) {
            System.err.println(Program.NAME + ": " + e.getMessage());
        }
        System.err.println(
                Program.NAME + ": these lines are for *." + TAILSCALE_DOMAIN + "; name other hosts as arguments");
        return TAILSCALE_DOMAIN;
    }

    private static List<String> command(ParseResult arguments) {
        var program = program();
        return Optional.ofNullable(arguments.<String>matchedOptionValue(Setting.RUNTIME_DIR.flag(), null))
                .map(directory -> List.of(
                        program,
                        "nc",
                        Setting.RUNTIME_DIR.flag() + "=" + Path.of(directory).toAbsolutePath()))
                .orElse(List.of(program, "nc"));
    }

    /** The name alone when the shell finds it, else where it lies. */
    private static String program() {
        var home = System.getProperty("dev.tailnet.home", "");
        var isOnPath = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(directory -> !directory.isEmpty()
                        && Files.isExecutable(Path.of(directory).resolve(Program.NAME)));
        return isOnPath || home.isEmpty() ? Program.NAME : home + "/bin/" + Program.NAME;
    }
}
