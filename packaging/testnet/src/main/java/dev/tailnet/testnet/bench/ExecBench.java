package dev.tailnet.testnet.bench;

import dev.tailnet.testnet.AgentProcess;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.Ports;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.TestNetworkException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What {@code tailnet-agent exec} costs a program: the same one with SOCKS of its own, under proxychains4 and under exec, one after the
 * other in each round, against one far peer.
 */
public final class ExecBench {
    private static final int ROUNDS = 3;
    private static final Duration START = Duration.ofSeconds(60);
    private static final String AGENT = "exec";
    private static final String PROXYCHAINS = "proxychains4";

    /** What the client measures, and how much of it. */
    private enum Measure {
        START("start and end of true, ms", 100),
        CONNECT("connect, us", 500),
        RATE("connections/s of 16 threads", 2_000),
        DOWNLOAD("download, Gbit/s", 500_000_000);

        private final String title;
        private final long amount;

        Measure(String title, long amount) {
            this.title = title;
            this.amount = amount;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final TestNetwork network;
    private final InetSocketAddress socks5;
    private final FarSide far;
    private final Path home;

    private ExecBench(TestNetwork network, InetSocketAddress socks5, FarSide far, Path home) {
        this.network = network;
        this.socks5 = socks5;
        this.far = far;
        this.home = home;
    }

    /**
     * Prints a table.
     *
     * @param arguments the folder of the distribution; then, for one long download by each way and nothing else, its bytes
     */
    public static void main(String[] arguments) throws InterruptedException {
        Path home = Path.of(arguments[0]);
        try (var network = TestNetwork.start();
                var far = new FarSide(network)) {
            var socks5 = Ports.freeTcp();
            try (var agent = AgentProcess.start(
                    home,
                    network.directory().resolve(AGENT),
                    network.nodeEnvironment(),
                    network.createAuthKey(AuthKeyOptions.ephemeralNode()),
                    List.of(
                            "--hostname=" + AGENT,
                            "--login-server=" + network.controlUrl(),
                            "--listen=" + Ports.hostPort(socks5),
                            "--status-listen=127.0.0.1:0",
                            "--drain-timeout=0s"))) {
                agent.awaitStatus(
                        START, status -> status.path("state").asString("").equals("running"));
                var bench = new ExecBench(network, socks5, far, home);
                if (arguments.length > 1) {
                    bench.download(Long.parseLong(arguments[1]));
                } else {
                    bench.run();
                }
            }
        } catch (TestNetworkException | IOException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(1);
        }
    }

    /** @param wrapper what starts the client, if anything does */
    private record Way(String name, List<String> wrapper, List<String> client) {
        Way(String name, List<String> wrapper) {
            this(name, wrapper, List.of());
        }

        List<String> command(List<String> program) {
            return Stream.concat(wrapper.stream(), program.stream()).toList();
        }
    }

    private void run() throws IOException, InterruptedException {
        List<Way> ways = ways();
        var found = new LinkedHashMap<String, Map<Measure, List<Double>>>();
        for (int round = 0; round <= ROUNDS; round++) {
            for (Way way : ways) {
                var values = found.computeIfAbsent(way.name(), key -> new EnumMap<>(Measure.class));
                for (Measure each : Measure.values()) {
                    double value = measured(way, each);
                    if (round > 0) { // the first warms the agent up
                        values.computeIfAbsent(each, key -> new ArrayList<>()).add(value);
                    }
                }
            }
        }
        var head = new StringBuilder("| way to the agent |");
        var line = new StringBuilder("|---|");
        for (Measure each : Measure.values()) {
            head.append(' ').append(each.title).append(": median (min-max) |");
            line.append("---|");
        }
        System.out.println(head);
        System.out.println(line);
        found.forEach((way, values) -> {
            var row = new StringBuilder("| " + way + " |");
            values.values().forEach(all -> row.append(' ').append(summary(all)).append(" |"));
            System.out.println(row);
        });
    }

    /** NaN where a way of others fails: proxychains4 does with many threads. Ours has to work. */
    private double measured(Way way, Measure what) throws IOException, InterruptedException {
        try {
            return what == Measure.START ? start(way) : measure(way, what, what.amount);
        } catch (IOException e) {
            if (!way.name().equals(PROXYCHAINS)) {
                throw e;
            }
            System.err.println("bench: " + way.name() + " failed at " + what.title);
            return Double.NaN;
        }
    }

    private void download(long bytes) throws IOException, InterruptedException {
        System.out.println("| way to the agent | download of " + bytes + " bytes, Gbit/s |\n|---|---|");
        for (Way way : ways()) {
            System.out.printf(Locale.ROOT, "| %s | %.2f |%n", way.name(), measure(way, Measure.DOWNLOAD, bytes));
        }
    }

    private List<Way> ways() throws IOException {
        var ways = new ArrayList<Way>();
        ways.add(new Way(
                "the program's own SOCKS5",
                List.of(),
                List.of("-DsocksProxyHost=" + socks5.getHostString(), "-DsocksProxyPort=" + socks5.getPort())));
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, PROXYCHAINS))
                .filter(Files::isExecutable)
                .findFirst()
                .ifPresentOrElse(
                        chains -> ways.add(new Way(PROXYCHAINS, List.of(chains.toString(), "-q", "-f", chain()))),
                        () -> System.err.println("bench: proxychains4 is missing and left out"));
        Path runtime = network.directory().resolve(AGENT).resolve("run");
        String program = home.resolve("bin/tailnet-agent").toString();
        ways.add(new Way("exec", List.of(program, "exec", "--runtime-dir=" + runtime, "--")));
        ways.add(new Way("exec --enforce", List.of(program, "exec", "--runtime-dir=" + runtime, "--enforce", "--")));
        return ways;
    }

    private String chain() {
        try {
            var file = network.directory().resolve("proxychains.conf");
            Files.writeString(
                    file,
                    "strict_chain\n[ProxyList]\nsocks5 %s %d\n".formatted(socks5.getHostString(), socks5.getPort()));
            return file.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The median of many, as one strays. */
    private static double start(Way way) throws IOException, InterruptedException {
        List<String> command = way.command(List.of("/bin/true"));
        var all = new ArrayList<Double>();
        for (int i = 0; i < Measure.START.amount; i++) {
            long began = System.nanoTime();
            int code = new ProcessBuilder(command).inheritIO().start().waitFor();
            all.add((System.nanoTime() - began) / 1e6);
            if (code != 0) {
                throw new IOException("failed: " + String.join(" ", command));
            }
        }
        return all.stream().sorted().toList().get(all.size() / 2);
    }

    private double measure(Way way, Measure what, long amount) throws IOException, InterruptedException {
        var client = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        client.addAll(way.client());
        client.addAll(List.of(
                PlainClient.class.getName(),
                what.word(),
                InetAddress.getByAddress(far.ipv4()).getHostAddress(),
                String.valueOf(far.port()),
                String.valueOf(amount)));
        List<String> command = way.command(client);
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException("failed: " + String.join(" ", command));
        }
        return Double.parseDouble(output.lines().toList().getLast());
    }

    private static String summary(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        if (sorted.getLast().isNaN()) {
            return "fails";
        }
        return String.format(
                Locale.ROOT, "%.2f (%.2f-%.2f)", sorted.get(sorted.size() / 2), sorted.getFirst(), sorted.getLast());
    }
}
