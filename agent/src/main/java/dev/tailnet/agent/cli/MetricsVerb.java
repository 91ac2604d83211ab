package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code metrics}: the counters of the running agent, or of its node alone, in Prometheus' text format. */
final class MetricsVerb implements Verb {
    private static final String PRINT = "print";
    private static final String WRITE = "write";

    /** Where the counters come from. */
    interface Origin {
        String metrics(ParseResult arguments) throws ControlException;
    }

    private final Origin origin;

    private MetricsVerb(Origin origin) {
        this.origin = origin;
    }

    /** Of the agent, its node included. */
    static MetricsVerb ofAgent() {
        return new MetricsVerb(arguments -> AgentBeside.client(arguments).get("/metrics"));
    }

    /** Those that tailscaled has. */
    static MetricsVerb ofNode() {
        return new MetricsVerb(arguments -> LocalApiFlags.client(arguments).get("usermetrics"));
    }

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description(
                        "Shows the metrics of the running agent in Prometheus' text format.",
                        "",
                        "Or writes them to a file for node_exporter's textfile collector.")
                .footer(
                        "",
                        "Examples:",
                        "  tailnet-agent metrics",
                        "  tailnet-agent metrics write /var/lib/prometheus/node-exporter/tailnet-agent.prom");
        spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel("print | write PATH")
                .hideParamSyntax(true)
                .description("What to do with them (default print)")
                .build());
        LocalApiFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofAgent();
    }

    @Override
    public ExitCode execute(ParseResult arguments) throws ControlException {
        List<String> words = arguments.matchedPositionalValue(0, List.<String>of());
        if (words.isEmpty() || words.equals(List.of(PRINT))) {
            System.out.print(origin.metrics(arguments));
            return ExitCode.OK;
        }
        if (words.size() == 2 && words.getFirst().equals(WRITE)) {
            return write(origin.metrics(arguments), words.getLast(), arguments);
        }
        throw new ParameterException(arguments.commandSpec().commandLine(), "give print, or write and a path");
    }

    /** Through a file beside it, as the collector may read at any time. */
    private static ExitCode write(String metrics, String name, ParseResult arguments) {
        try {
            var file = Path.of(name).toAbsolutePath();
            var beside = Files.createTempFile(file.getParent(), ".metrics", ".tmp");
            try {
                Files.writeString(beside, metrics);
                Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rw-r--r--"));
                Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(beside);
            }
            return ExitCode.OK;
        } catch (InvalidPathException e) {
            throw new ParameterException(arguments.commandSpec().commandLine(), name + " is no path", e);
        } catch (IOException e) {
            System.err.println(Program.NAME + ": " + name + " cannot be written: " + e.getMessage());
            return ExitCode.INTERNAL;
        }
    }
}
