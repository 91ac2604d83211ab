package dev.tailnet.bench;

import dev.tailnet.agent.policy.PolicyDocument;
import dev.tailnet.agent.policy.PolicyFile;
import dev.tailnet.proxy.policy.rules.CompiledRules;
import dev.tailnet.proxy.policy.rules.RuleReview;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * How long it takes to load many rules, and to decide by them. Run by {@code packaging/bench --policy}. Each kind is loaded by a JVM
 * of its own with the options of the distribution, as an agent does when it starts, where nothing is compiled yet, and then again.
 */
public final class PolicyBench {
    private static final int LOADS = 5;

    private PolicyBench() {}

    /** Milliseconds. */
    private record Load(long read, long compile, long review) {
        long total() {
            return read + compile + review;
        }
    }

    /** @param arguments the file of options of the JVM; or a policy to load, and nothing else */
    public static void main(String[] arguments) throws RunnerException, IOException, InterruptedException {
        if (arguments[0].endsWith(".yaml")) {
            loadAndPrint(Path.of(arguments[0]));
            return;
        }
        System.out.printf(
                Locale.ROOT,
                "| %,d rules | first load, ms | of that reading | compiling | review | best of %d | decision, ns (JMH) | ± (99.9 %%) |%n",
                ManyRules.RULES,
                LOADS);
        System.out.println("|---|---|---|---|---|---|---|---|");
        Map<String, RunResult> decisions = decisions();
        for (ManyRules kind : ManyRules.values()) {
            var decision = decisions.get(kind.name()).getPrimaryResult();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %.0f | %.0f |%n",
                    kind.words(),
                    loadElsewhere(kind, arguments[0]),
                    decision.getScore(),
                    decision.getScoreError());
        }
    }

    private static Map<String, RunResult> decisions() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(DecisionBenchmark.class.getName())
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
        return results.stream()
                .collect(Collectors.toMap(result -> result.getParams().getParam("kind"), result -> result));
    }

    private static String loadElsewhere(ManyRules kind, String options) throws IOException, InterruptedException {
        Path file = Files.createTempFile("many", ".yaml");
        try {
            Files.writeString(file, kind.yaml());
            var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Process process = new ProcessBuilder(
                            java,
                            "@" + options,
                            "-cp",
                            System.getProperty("java.class.path"),
                            PolicyBench.class.getName(),
                            file.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(kind + " did not load: " + printed);
            }
            return printed.strip();
        } finally {
            Files.delete(file);
        }
    }

    private static void loadAndPrint(Path file) throws IOException {
        List<Load> loads = new ArrayList<>();
        for (int i = 0; i < LOADS; i++) {
            loads.add(load(file));
        }
        Load first = loads.getFirst();
        System.out.printf(
                Locale.ROOT,
                "%d | %d | %d | %d | %d%n",
                first.total(),
                first.read(),
                first.compile(),
                first.review(),
                loads.stream().mapToLong(Load::total).min().orElseThrow());
    }

    private static Load load(Path file) throws IOException {
        long start = System.nanoTime();
        PolicyDocument document = PolicyFile.read(file);
        long read = System.nanoTime();
        if (!document.problems().isEmpty()) {
            throw new IllegalStateException(document.problems().getFirst().toString());
        }
        var outbound = CompiledRules.of(document.rules());
        var inbound = CompiledRules.ofInbound(document.rules());
        long compiled = System.nanoTime();
        RuleReview.of(outbound, inbound);
        return new Load(millis(read - start), millis(compiled - read), millis(System.nanoTime() - compiled));
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }
}
