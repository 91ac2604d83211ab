package dev.tailnet.bench;

import dev.tailnet.agent.policy.PolicyDocument;
import dev.tailnet.agent.policy.PolicyFile;
import dev.tailnet.proxy.policy.rules.CompiledRules;
import dev.tailnet.proxy.policy.rules.RuleReview;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** How long it takes to load many rules, and to decide by them. Run by {@code packaging/bench --policy}. */
public final class PolicyBench {
    private static final int LOADS = 5;

    private PolicyBench() {}

    /** Milliseconds. */
    private record Load(long first, long best, long bestToCompile, long review) {}

    public static void main(String[] arguments) throws RunnerException {
        System.out.printf(
                Locale.ROOT,
                "| %,d rules | first load, ms | best of %d | of that compiling | review | decision, ns (JMH) | ± (99.9 %%) |%n",
                ManyRules.RULES,
                LOADS);
        System.out.println("|---|---|---|---|---|---|---|");
        Map<String, RunResult> decisions = decisions();
        for (ManyRules kind : ManyRules.values()) {
            Load load = load(kind);
            var decision = decisions.get(kind.name()).getPrimaryResult();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %d | %d | %d | %d | %.0f | %.0f |%n",
                    kind.words(),
                    load.first(),
                    load.best(),
                    load.bestToCompile(),
                    load.review(),
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

    /** The first of each kind is what an agent does at its start, when nothing is compiled yet; only the first kind's is so here. */
    private static Load load(ManyRules kind) {
        String text = kind.yaml();
        long first = 0;
        var best = new Load(0, Long.MAX_VALUE, 0, 0);
        for (int i = 0; i < LOADS; i++) {
            long start = System.nanoTime();
            PolicyDocument document = PolicyFile.read("bench", text);
            long read = System.nanoTime();
            CompiledRules rules = CompiledRules.of(document.rules());
            long compiled = System.nanoTime();
            RuleReview.of(rules);
            long reviewed = System.nanoTime();
            if (!document.problems().isEmpty()) {
                throw new IllegalStateException(document.problems().getFirst().toString());
            }
            first = i == 0 ? millis(compiled - start) : first;
            if (millis(compiled - start) < best.best()) {
                best = new Load(first, millis(compiled - start), millis(compiled - read), millis(reviewed - compiled));
            }
        }
        return best;
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }
}
