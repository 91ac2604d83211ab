package dev.tailnet.testnet.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The samples as a Markdown table. */
final class Report {
    private Report() {}

    static String of(Samples samples, String machine, String agentLabel) {
        var text = new StringBuilder();
        text.append("%s%n%n".formatted(machine));
        text.append("| measured | unit | tailscaled: median (min-max) | %s: median (min-max) | ratio | target | met |%n"
                .formatted(agentLabel));
        text.append("|---|---|---|---|---|---|---|%n".formatted());
        for (var metric : samples.metrics()) {
            var tailscaled = samples.summary(metric, Side.TAILSCALED);
            var agent = samples.summary(metric, Side.AGENT);
            double ratio = agent.median() / tailscaled.median();
            var target = metric.target();
            text.append("| %s | %s | %s | %s | %s | %s | %s |%n"
                    .formatted(
                            metric.name(),
                            metric.unit(),
                            cell(tailscaled),
                            cell(agent),
                            String.format(Locale.ROOT, "%.2f", ratio),
                            target == null ? "" : target.text(),
                            target == null ? "" : target.isMet(agent.median(), ratio) ? "yes" : "**no**"));
        }
        return text.toString();
    }

    /** Processor, kernel and runtime of this machine in one line. */
    static String machine(String tailscaleVersion) throws IOException {
        return "%d x %s, %d GB, Linux %s %s, Java %s, tailscaled %s, all on one machine over loopback."
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        field(Path.of("/proc/cpuinfo"), "model name", "processor of unknown model"),
                        Long.parseLong(field(Path.of("/proc/meminfo"), "MemTotal", "0")
                                        .replaceAll("\\D", ""))
                                * 1024
                                / 1_000_000_000,
                        System.getProperty("os.version"),
                        System.getProperty("os.arch"),
                        Runtime.version(),
                        tailscaleVersion);
    }

    private static String cell(Samples.Summary summary) {
        return Double.isNaN(summary.median())
                ? "not measured"
                : "%s (%s-%s)".formatted(number(summary.median()), number(summary.min()), number(summary.max()));
    }

    private static String number(double value) {
        int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    private static String field(Path file, String name, String absent) throws IOException {
        for (var line : Files.readAllLines(file)) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).strip().equals(name)) {
                return line.substring(colon + 1).strip();
            }
        }
        return absent;
    }
}
