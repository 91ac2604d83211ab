package dev.tailnet.testnet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReportTest {
    private final Samples samples = new Samples();

    @Test
    void medianExtremesRatioAndTarget() {
        var metric = Metric.levelOrMore("throughput", "Gbit/s");
        add(metric, Side.TAILSCALED, 1, 3, 2);
        add(metric, Side.AGENT, 1, 2.5, 1.5, 2);

        assertThat(report())
                .contains(
                        "| throughput | Gbit/s | 2.00 (1.00-3.00) | 1.75 (1.00-2.50) | 0.88 | ratio ≥ 0.95 | **no** |");
    }

    @Test
    void targetsThatAreMet() {
        add(Metric.ratioAtMost("RSS", "MB", 0.35), Side.TAILSCALED, 600);
        add(Metric.ratioAtMost("RSS", "MB", 0.35), Side.AGENT, 180);
        add(Metric.atMost("idle", "MB", 120), Side.TAILSCALED, 34.5);
        add(Metric.atMost("idle", "MB", 120), Side.AGENT, 103);

        assertThat(report())
                .contains("| RSS | MB | 600 (600-600) | 180 (180-180) | 0.30 | ratio ≤ 0.35 | yes |")
                .contains("| idle | MB | 34.5 (34.5-34.5) | 103 (103-103) | 2.99 | ≤ 120 | yes |");
    }

    @Test
    void whatWasNotMeasuredSaysSo() {
        add(Metric.told("start", "s"), Side.AGENT, 0.5);

        assertThat(report()).contains("| start | s | not measured | 0.50 (0.50-0.50) |");
    }

    private void add(Metric metric, Side side, double... values) {
        for (double value : values) {
            samples.add(metric, side, value);
        }
    }

    private String report() {
        return Report.of(samples, "a machine", "tailnet-agent");
    }
}
