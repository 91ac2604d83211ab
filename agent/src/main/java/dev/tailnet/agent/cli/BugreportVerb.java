package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code bugreport}: all that helps to find a fault, in one archive, without secrets. */
final class BugreportVerb implements Verb {
    private static final String OUTPUT = "--output";

    /** For each part of the report. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description(
                        "Gathers what helps to find a fault into one archive, without secrets.",
                        "",
                        "It has versions, system, configuration with its"
                                + " sources, status, preferences, network check, recent log, metrics, goroutines and threads."
                                + " Secrets are masked; names and addresses of your tailnet are not.",
                        "",
                        "Without a running agent it gathers what there is: versions, system, and the configuration that"
                                + " 'run' would have with this environment.")
                .footer(
                        "",
                        "Examples:",
                        "  tailnet-agent bugreport",
                        "  tailnet-agent bugreport --output report.zip && unzip -p report.zip report.txt");
        spec.addOption(OptionSpec.builder(OUTPUT)
                .type(Path.class)
                .arity("1")
                .paramLabel("FILE")
                .description("The archive, which must not exist yet (default: tailnet-agent-bugreport-TIME.zip here)")
                .build());
        RunningAgentFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.alone();
    }

    @Override
    public ExitCode execute(ParseResult arguments) {
        Instant now = Clock.systemUTC().instant();
        Path file =
                arguments.matchedOptionValue(OUTPUT, Path.of("tailnet-agent-bugreport-" + TIME.format(now) + ".zip"));
        var runtimeDir = RunningAgentFlags.runtimeDir(arguments);
        try (var archive = ReportArchive.create(file)) {
            var report = new Bugreport(
                    new ControlClient(runtimeDir, PATIENCE), System.getenv(), archive, System.err::println);
            report.gather(now, runtimeDir);
        } catch (FileAlreadyExistsException e) {
            System.err.println(Program.NAME + ": " + file + " is there already: name another file with " + OUTPUT);
            return ExitCode.USAGE;
        } catch (IOException e) {
            System.err.println(Program.NAME + ": " + file + " cannot be written: " + Reasons.of(e)
                    + ". Name another file with " + OUTPUT);
            return ExitCode.USAGE;
        }
        System.out.println(file);
        return ExitCode.OK;
    }
}
