package dev.tailnet.agent.check;

import dev.tailnet.agent.ExitCode;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A check for people: a line for each step, and the outcome. */
public final class ReportText {
    private static final int NAME_WIDTH = 15;

    private ReportText() {}

    /** The line of a step; of one that failed, with cause and fix below. */
    public static String line(Step step) {
        var line = new StringBuilder(String.format(
                Locale.ROOT,
                "%-5s%-" + NAME_WIDTH + "s%s%s%n",
                mark(step),
                step.name(),
                step.words(),
                took(step.took())));
        Finding finding = step.finding();
        if (finding != null && !finding.fix().isEmpty()) {
            line.append(String.format(Locale.ROOT, "%-5s%-" + NAME_WIDTH + "s%s%n", "", "fix", finding.fix()));
        }
        return line.toString();
    }

    /** The last line. */
    public static String outcome(Report report) {
        ExitCode code = report.exitCode();
        String subject = report.target() == null ? "the node" : report.target().toString();
        if (code == ExitCode.OK) {
            return subject + (report.target() == null ? " is up" : " can be reached") + System.lineSeparator();
        }
        String at = report.steps().stream()
                .filter(step -> step.outcome() == Step.Outcome.FAILED)
                .map(Step::name)
                .findFirst()
                .orElse("");
        return subject + " fails at " + at + ": " + code.id() + " (exit code " + code.code() + ")"
                + System.lineSeparator();
    }

    private static String mark(Step step) {
        return switch (step.outcome()) {
            case PASSED -> "ok";
            case FAILED -> "FAIL";
            case NOTE -> "note";
        };
    }

    private static String took(@Nullable Duration took) {
        return took == null ? "" : String.format(Locale.ROOT, "  [%s]", millis(took));
    }

    private static String millis(Duration took) {
        double millis = took.toNanos() / 1e6;
        return String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
    }
}
