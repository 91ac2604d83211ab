package dev.tailnet.testnet.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What to measure and how long.
 *
 * @param groups what to measure
 * @param rounds alternating runs of each measurement
 * @param transfer the length of one throughput run, after its warm-up
 * @param warmUp of each throughput run
 * @param idleTunnels to measure memory with; 0 to leave that out
 * @param connections short ones in one run; a netstack cannot reuse a port towards one target for a minute, so all runs together
 *     must stay well below its 49,535 ports
 * @param roundTrips in one latency run
 * @param requests of plain HTTP in one run
 * @param noise measure tailscaled against itself, to see how far ratios stray without a difference
 */
record BenchOptions(
        Set<Group> groups,
        int rounds,
        Duration transfer,
        Duration warmUp,
        int idleTunnels,
        int connections,
        int roundTrips,
        int requests,
        boolean noise) {
    static BenchOptions parse(String... arguments) {
        boolean quick = false;
        boolean noise = false;
        Set<Group> groups = EnumSet.noneOf(Group.class);
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--quick" -> quick = true;
                case "--noise" -> noise = true;
                case "--only" -> {
                    if (++i == arguments.length) {
                        throw new IllegalArgumentException("--only needs a list: " + Group.names());
                    }
                    groups = Group.parse(arguments[i]);
                }
                default -> {
                    if (!arguments[i].startsWith("--only=")) {
                        throw new IllegalArgumentException("unknown argument '" + arguments[i] + "'; see --help");
                    }
                    groups = Group.parse(arguments[i].substring("--only=".length()));
                }
            }
        }
        if (groups.isEmpty()) {
            groups = quick ? EnumSet.complementOf(EnumSet.of(Group.SIZE)) : EnumSet.allOf(Group.class);
        }
        return quick
                ? new BenchOptions(
                        groups, 3, Duration.ofMillis(500), Duration.ofMillis(200), 0, 1_000, 700, 1_500, noise)
                : new BenchOptions(
                        groups, 7, Duration.ofSeconds(4), Duration.ofSeconds(1), 5_000, 4_000, 10_000, 20_000, noise);
    }

    /** Measurements that are made together. */
    enum Group {
        SIZE,
        START,
        MEMORY,
        THROUGHPUT,
        LATENCY,
        CONNECTIONS,
        HTTP;

        static Set<Group> parse(String list) {
            return Arrays.stream(list.split(",", -1))
                    .map(Group::named)
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(Group.class)));
        }

        private static Group named(String name) {
            return Arrays.stream(values())
                    .filter(it -> it.name().equalsIgnoreCase(name.strip()))
                    .findFirst()
                    .orElseThrow(() ->
                            new IllegalArgumentException("nothing is called '" + name + "'; there are " + names()));
        }

        static String names() {
            return Arrays.stream(values())
                    .map(it -> it.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
        }
    }
}
