package dev.tailnet.testnet.bench;

import java.text.DecimalFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line of the report.
 *
 * @param name what was measured
 * @param unit of the numbers
 * @param target what tailnet-agent has to reach; null when it is only told
 */
record Metric(String name, String unit, @Nullable Target target) {
    /** Throughput and the like: the more the better, at least level with tailscaled. */
    static Metric levelOrMore(String name, String unit) {
        return new Metric(name, unit, new Target.RatioAtLeast(0.95));
    }

    static Metric ratioAtMost(String name, String unit, double limit) {
        return new Metric(name, unit, new Target.RatioAtMost(limit));
    }

    static Metric atMost(String name, String unit, double limit) {
        return new Metric(name, unit, new Target.AtMost(limit));
    }

    static Metric told(String name, String unit) {
        return new Metric(name, unit, null);
    }

    /** What has to hold for the agent's median, and its ratio to tailscaled's. */
    sealed interface Target {
        boolean isMet(double agent, double ratio);

        /** As in a table: {@code ratio ≥ 0.95}. */
        String text();

        record RatioAtLeast(double limit) implements Target {
            @Override
            public boolean isMet(double agent, double ratio) {
                return ratio >= limit;
            }

            @Override
            public String text() {
                return String.format(Locale.ROOT, "ratio ≥ %.2f", limit);
            }
        }

        record RatioAtMost(double limit) implements Target {
            @Override
            public boolean isMet(double agent, double ratio) {
                return ratio <= limit;
            }

            @Override
            public String text() {
                return String.format(Locale.ROOT, "ratio ≤ %.2f", limit);
            }
        }

        record AtMost(double limit) implements Target {
            @Override
            public boolean isMet(double agent, double ratio) {
                return agent <= limit;
            }

            @Override
            public String text() {
                return "≤ " + DecimalFormat.getInstance(Locale.ROOT).format(limit);
            }
        }
    }
}
