package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.audit.AuditLog;
import dev.tailnet.agent.audit.AuditTail;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code audit}: the lines of the audit log, of which the running agent says where it is. */
final class AuditVerb implements Verb {
    private static final String FOLLOW = "--follow";
    private static final String DENIED = "--denied";
    private static final String SINCE = "--since";
    private static final String HOST = "--host";
    private static final String JSON = "--json";
    private static final String FILE = "--file";
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final long LINES_BETWEEN_LOOKS = 1000;

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description(
                        "Shows who asked for what, what was decided, and how it ended.",
                        "",
                        "These are the lines of --audit-log, those of rotated files included. That there is none is no failure.")
                .footer(
                        "",
                        "Examples:",
                        "  tailnet-agent audit --denied --since 1h",
                        "  tailnet-agent audit --follow --host '*.example.com'",
                        "  tailnet-agent audit --json --file /var/log/tailnet-agent/audit.log | jq .rule");
        flag(spec, FOLLOW, "Go on with lines as they are written, until interrupted");
        flag(spec, DENIED, "Only what the policy or a limit refused, or would have");
        spec.addOption(
                ValueFlags.of(SINCE, "TIME", "Only lines since then: 30s, 10m, 2h, 7d ago, or 2026-01-02T15:04:05Z"));
        spec.addOption(ValueFlags.of(HOST, "HOST", "Only for this name or address; .example.com for all below it"));
        flag(spec, JSON, "The lines as they are");
        spec.addOption(ValueFlags.of(FILE, "PATH", "The log to read (default: that of the running agent)"));
        RunningAgentFlags.addTo(spec);
        return spec;
    }

    private static void flag(CommandSpec spec, String name, String description) {
        spec.addOption(OptionSpec.builder(name)
                .type(boolean.class)
                .arity("0")
                .description(description)
                .build());
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofAgent(ExitCode.AUDIT, ExitCode.INTERRUPTED);
    }

    @Override
    public ExitCode execute(ParseResult arguments) {
        AuditFilter filter = filter(arguments);
        String log = arguments.matchedOptionValue(FILE, "");
        try {
            Path file = Path.of(log.isEmpty() ? logOf(arguments) : log);
            try (var tail = new AuditTail(file, filter.since())) {
                show(tail, filter, arguments.hasMatchedOption(JSON), arguments.hasMatchedOption(FOLLOW));
                return ExitCode.OK;
            } catch (NoSuchFileException e) {
                return unreadable("there is no audit log " + file);
            } catch (IOException e) {
                return unreadable("the audit log " + file + " cannot be read: " + AuditLog.reason(e));
            }
        } catch (ControlException e) {
            System.err.println(Program.NAME + ": " + e.getMessage());
            return ExitCode.NO_AGENT;
        }
    }

    private static ExitCode unreadable(String why) {
        System.err.println(Program.NAME + ": " + why);
        return ExitCode.AUDIT;
    }

    private static AuditFilter filter(ParseResult arguments) {
        try {
            return new AuditFilter(
                    arguments.hasMatchedOption(DENIED),
                    AuditFilter.since(arguments.matchedOptionValue(SINCE, ""), Instant.now()),
                    arguments.matchedOptionValue(HOST, ""));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(arguments.commandSpec().commandLine(), SINCE + ": " + e.getMessage(), e);
        }
    }

    private static String logOf(ParseResult arguments) throws ControlException {
        String log = Json.parse(RunningAgentFlags.client(arguments).get("/status"))
                .object("audit")
                .text("log")
                .orElseThrow(
                        () -> new ControlException("the agent keeps no audit log: start it with --audit-log=FILE"));
        if (log.startsWith("/")) {
            return log;
        }
        throw new ControlException("the agent's audit goes to " + log
                + (log.equals("journald") ? ": journalctl -t tailnet-agent-audit -o cat" : " and cannot be read here"));
    }

    private static void show(AuditTail tail, AuditFilter filter, boolean asJson, boolean follows) throws IOException {
        for (long lines = 1; ; lines++) {
            String line = tail.next();
            if (line != null) {
                show(line, filter, asJson);
            }
            // Which also flushes: nobody may read any more, as of 'audit | head'.
            if ((line == null || lines % LINES_BETWEEN_LOOKS == 0) && System.out.checkError()) {
                return;
            }
            if (line == null && (!follows || !Pause.of(BETWEEN_LOOKS))) {
                return;
            }
        }
    }

    private static void show(String line, AuditFilter filter, boolean asJson) {
        try {
            Json json = Json.parse(line);
            if (filter.wants(json)) {
                System.out.println(asJson ? line : AuditText.print(json));
            }
        } catch (ControlException e) {
            System.err.println(Program.NAME + ": not a line of an audit log, left out");
        }
    }
}
