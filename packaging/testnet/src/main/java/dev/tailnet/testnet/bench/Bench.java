package dev.tailnet.testnet.bench;

import dev.tailnet.testnet.Binaries;
import dev.tailnet.testnet.Ports;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.TestNetworkException;
import dev.tailnet.testnet.bench.BenchOptions.Group;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares tailnet-agent with tailscaled of the same module version. Both run as they are used, against one far peer; runs alternate,
 * so that what else the machine does meets both.
 */
public final class Bench {
    private static final int CLIENTS = 16;
    private static final int SHORT_CONNECTIONS = 20_000;
    private static final int WARM_UP_CONNECTIONS = 3_000;
    private static final int WARM_UP_ROUND_TRIPS = 2_000;
    private static final int WARM_UP_REQUESTS = 5_000;
    /** From the first byte until a process counts as idle: what coming up took is given back by then. */
    private static final Duration SETTLE = Duration.ofSeconds(5);

    private static final Duration IDLE_CHECK = Duration.ofMillis(250);
    private static final int AT_MOST_IDLE_CHECKS = 20;
    /** Of one core, up to which a process counts as having nothing to do. */
    private static final double IDLE_SHARE = 0.1;

    private static final List<Integer> STREAMS = List.of(1, 8);

    private final BenchOptions options;
    private final Contenders contenders;
    private final FarSide far;
    private final @Nullable Path agentHome;
    private final Samples samples = new Samples();

    private Bench(BenchOptions options, Contenders contenders, FarSide far, @Nullable Path agentHome) {
        this.options = options;
        this.contenders = contenders;
        this.far = far;
        this.agentHome = agentHome;
    }

    /**
     * Runs the benchmark and prints its report on standard output, and what it does meanwhile on standard error.
     *
     * @param arguments the folder of the distribution, then the options of {@code packaging/bench}
     */
    public static void main(String[] arguments) throws InterruptedException {
        try {
            var options = BenchOptions.parse(
                    List.of(arguments).subList(1, arguments.length).toArray(String[]::new));
            Path agentHome = options.noise() ? null : Path.of(arguments[0]);
            run(options, agentHome);
        } catch (IllegalArgumentException | TestNetworkException | IOException e) {
            System.err.println("bench: " + describe(e));
            System.exit(1);
        }
    }

    private static void run(BenchOptions options, @Nullable Path agentHome) throws IOException, InterruptedException {
        try (var network = TestNetwork.start();
                var far = new FarSide(network)) {
            var bench = new Bench(options, new Contenders(network, agentHome), far, agentHome);
            bench.measureAll();
            System.out.print(Report.of(
                    bench.samples,
                    Report.machine(Binaries.tailscaleVersion()),
                    agentHome == null ? "tailscaled again" : "tailnet-agent"));
        }
    }

    private void measureAll() throws IOException, InterruptedException {
        if (options.groups().contains(Group.SIZE)) {
            measureSize();
        }
        if (options.groups().contains(Group.START)) {
            measureStart();
            measureStatus();
        }
        if (options.groups().contains(Group.MEMORY)) {
            measureMemory();
        }
        if (options.groups().contains(Group.THROUGHPUT)
                || options.groups().contains(Group.CONNECTIONS)
                || options.groups().contains(Group.LATENCY)
                || options.groups().contains(Group.HTTP)) {
            try (var tailscaled = startUp(Side.TAILSCALED);
                    var agent = startUp(Side.AGENT)) {
                var both = new Pair(tailscaled, agent);
                warmUp(tailscaled);
                warmUp(agent);
                if (options.groups().contains(Group.THROUGHPUT)) {
                    measureThroughput(both);
                }
                if (options.groups().contains(Group.LATENCY)) {
                    measureLatency(both);
                }
                if (options.groups().contains(Group.CONNECTIONS)) {
                    measureConnections(both);
                }
                if (options.groups().contains(Group.HTTP)) {
                    measureHttp(both);
                }
            }
        }
    }

    private void measureThroughput(Pair both) throws IOException, InterruptedException {
        var transfer = new Transfer(far, options.warmUp(), options.transfer());
        for (int streams : STREAMS) {
            for (var direction : List.of("down", "up")) {
                var what = "%s, %d %s".formatted(direction, streams, streams == 1 ? "stream" : "streams");
                progress("throughput " + what);
                alternate(side -> {
                    var contender = both.of(side);
                    var result = direction.equals("down")
                            ? transfer.download(contender, streams)
                            : transfer.upload(contender, streams);
                    samples.add(Metric.levelOrMore("throughput " + what, "Gbit/s"), side, result.gigabitsPerSecond());
                    samples.add(Metric.ratioAtMost("CPU " + what, "s/GB", 1.05), side, result.cpuSecondsPerGigabyte());
                });
            }
        }
    }

    private void measureLatency(Pair both) throws IOException, InterruptedException {
        progress("round trips over an open tunnel");
        var roundTrips = new RoundTrips(far, options.roundTrips());
        alternate(side -> {
            var result = roundTrips.measure(both.of(side));
            samples.add(Metric.ratioAtMost("round trip, p50", "ms", 1.05), side, result.medianMillis());
            samples.add(Metric.told("round trip, p99", "ms"), side, result.p99Millis());
        });
    }

    private void measureConnections(Pair both) throws IOException, InterruptedException {
        progress("short connections of " + CLIENTS + " clients");
        var connections = new Connections(far, CLIENTS);
        alternate(side -> {
            var rate = connections.measure(both.of(side), options.connections());
            samples.add(Metric.told("connections, 16 clients", "1/s"), side, rate.perSecond());
            samples.add(Metric.told("CPU per connection", "ms"), side, rate.cpuMillis());
        });
    }

    private void measureHttp(Pair both) throws IOException, InterruptedException {
        progress("plain HTTP requests");
        var requests = new HttpRequests(far, CLIENTS);
        for (var side : Side.values()) {
            requests.rate(both.of(side), WARM_UP_REQUESTS);
        }
        alternate(side -> {
            var rate = requests.rate(both.of(side), options.requests());
            samples.add(Metric.levelOrMore("HTTP requests, 16 clients", "1/s"), side, rate.perSecond());
            samples.add(Metric.ratioAtMost("CPU per HTTP request, 16 clients", "ms", 1.05), side, rate.cpuMillis());
            var latency = requests.latency(both.of(side), options.roundTrips());
            samples.add(Metric.ratioAtMost("HTTP request, p50", "ms", 1.05), side, latency.medianMillis());
            samples.add(Metric.told("HTTP request, p99", "ms"), side, latency.p99Millis());
        });
    }

    private void measureMemory() throws IOException, InterruptedException {
        var connections = new Connections(far, CLIENTS);
        for (var side : Side.values()) {
            progress("memory of " + side + ": idle and after " + SHORT_CONNECTIONS + " connections");
            try (var contender = startUp(side)) {
                Thread.sleep(SETTLE);
                samples.add(
                        Metric.atMost("RSS idle", "MB", 95),
                        side,
                        contender.usage().residentMegabytes());
                connections.shortLived(contender, SHORT_CONNECTIONS);
                samples.add(
                        Metric.ratioAtMost("RSS after %,d connections".formatted(SHORT_CONNECTIONS), "MB", 0.35),
                        side,
                        contender.usage().residentMegabytes());
            }
            if (options.idleTunnels() > 0) {
                measureIdleTunnels(side, connections);
            }
        }
    }

    private void measureIdleTunnels(Side side, Connections connections) throws IOException, InterruptedException {
        progress("memory of " + side + " with " + options.idleTunnels() + " idle tunnels");
        try (var contender = startUp(side)) {
            var channels = connections.open(contender, options.idleTunnels());
            samples.add(
                    Metric.told("RSS with %,d idle tunnels".formatted(options.idleTunnels()), "MB"),
                    side,
                    contender.usage().residentMegabytes());
            Connections.closeAll(channels);
        }
    }

    private void measureSize() throws IOException, InterruptedException {
        progress("sizes");
        size(Side.TAILSCALED, new Size(Binaries.tailscaled(), Binaries.tailscale()));
        if (agentHome != null) {
            size(Side.AGENT, new Size(agentHome));
        }
    }

    private void size(Side side, Size size) throws IOException, InterruptedException {
        samples.add(Metric.atMost("size, unpacked", "MB", 125), side, size.megabytes());
        samples.add(Metric.atMost("size, tar.xz", "MB", 48), side, size.compressedMegabytes("xz -9"));
        samples.add(Metric.told("size, tar.gz", "MB"), side, size.compressedMegabytes("gzip -9"));
    }

    private void measureStatus() throws IOException, InterruptedException {
        progress("status on the command line");
        try (var tailscaled = startUp(Side.TAILSCALED);
                var agent = startUp(Side.AGENT)) {
            var both = new Pair(tailscaled, agent);
            alternate(side -> {
                long start = System.nanoTime();
                both.of(side).status().orThrow();
                samples.add(Metric.atMost("status", "s", 0.3), side, (System.nanoTime() - start) / 1e9);
            });
        }
    }

    private void measureStart() throws IOException, InterruptedException {
        progress("start-up");
        var startUp = new StartUp(far);
        alternate(side -> {
            InetSocketAddress socks5 = Ports.freeTcp();
            var result = startUp.measure(contenders.prepare(side, socks5), socks5);
            samples.add(Metric.atMost("exec to listening", "s", 0.45), side, result.listeningSeconds());
            samples.add(Metric.told("exec to first byte", "s"), side, result.firstByteSeconds());
        });
    }

    /** Starts one and waits until it reaches the far side. */
    private Contender startUp(Side side) throws IOException, InterruptedException {
        var contender = contenders.prepare(side, Ports.freeTcp()).start();
        try {
            new StartUp(far).awaitFirstByte(contender);
            return contender;
        } catch (IOException | InterruptedException e) {
            contender.close();
            throw e;
        }
    }

    private void warmUp(Contender contender) throws IOException, InterruptedException {
        progress("warming up " + contender.side());
        new Connections(far, CLIENTS).shortLived(contender, WARM_UP_CONNECTIONS);
        new RoundTrips(far, WARM_UP_ROUND_TRIPS).measure(contender);
        var transfer = new Transfer(far, options.warmUp(), options.transfer());
        transfer.download(contender, STREAMS.getLast());
        transfer.upload(contender, STREAMS.getLast());
        awaitIdle(contender);
    }

    /** What warming up has left to do, such as to compile, is not to be measured beside the bytes of a tunnel. */
    private static void awaitIdle(Contender contender) throws IOException, InterruptedException {
        for (int i = 0; i < AT_MOST_IDLE_CHECKS; i++) {
            double before = contender.usage().cpuSeconds();
            Thread.sleep(IDLE_CHECK);
            if (contender.usage().cpuSeconds() - before < IDLE_SHARE * IDLE_CHECK.toMillis() / 1e3) {
                return;
            }
        }
    }

    private void alternate(Run run) throws IOException, InterruptedException {
        for (int round = 0; round < options.rounds(); round++) {
            run.measure(round % 2 == 0 ? Side.TAILSCALED : Side.AGENT);
            run.measure(round % 2 == 0 ? Side.AGENT : Side.TAILSCALED);
        }
    }

    private static void progress(String what) {
        System.err.println("bench: " + what);
    }

    private static String describe(Throwable failure) {
        var text = new StringBuilder(String.valueOf(failure.getMessage()));
        for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            text.append(System.lineSeparator()).append("  because: ").append(cause.getMessage());
        }
        return text.toString();
    }

    private record Pair(Contender tailscaled, Contender agent) {
        Contender of(Side side) {
            return switch (side) {
                case TAILSCALED -> tailscaled;
                case AGENT -> agent;
            };
        }
    }

    @FunctionalInterface
    private interface Run {
        void measure(Side side) throws IOException, InterruptedException;
    }
}
