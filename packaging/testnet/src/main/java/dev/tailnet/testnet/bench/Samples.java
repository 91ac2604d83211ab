package dev.tailnet.testnet.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was measured so far, by metric in the order of the first measurement, and by side. */
final class Samples {
    private final Map<Metric, Map<Side, List<Double>>> values = new LinkedHashMap<>();

    void add(Metric metric, Side side, double value) {
        values.computeIfAbsent(metric, it -> new LinkedHashMap<>())
                .computeIfAbsent(side, it -> new ArrayList<>())
                .add(value);
    }

    List<Metric> metrics() {
        return List.copyOf(values.keySet());
    }

    Summary summary(Metric metric, Side side) {
        return Summary.of(values.getOrDefault(metric, Map.of()).getOrDefault(side, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .toArray());
    }

    /** The median and the extremes; all NaN when nothing was measured. */
    record Summary(double median, double min, double max) {
        static Summary of(double[] values) {
            if (values.length == 0) {
                return new Summary(Double.NaN, Double.NaN, Double.NaN);
            }
            var sorted = values.clone();
            Arrays.sort(sorted);
            int middle = sorted.length / 2;
            double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
            return new Summary(median, sorted[0], sorted[sorted.length - 1]);
        }
    }
}
