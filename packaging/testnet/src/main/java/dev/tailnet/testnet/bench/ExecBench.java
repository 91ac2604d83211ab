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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code tailnet-agent exec} costs a program: the same one with SOCKS of its own, under proxychains4 and under exec, one after the
 * other in each round, against one far peer.
 */
public final class ExecBench {
    private static final int ROUNDS = 5;
    private static final int CONNECTIONS = 1_000;
    private static final long BYTES = 1_000_000_000;
    private static final Duration START = Duration.ofSeconds(60);
    private static final String AGENT = "exec";

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
     * @param arguments the folder of the distribution
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
                new ExecBench(network, socks5, far, home).run();
            }
        } catch (TestNetworkException | IOException e) {
            System.err.println("bench: " + e.getMessage());
            System.exit(1);
        }
    }

    private void run() throws IOException, InterruptedException {
        Map<String, List<String>> ways = ways();
        var connects = new LinkedHashMap<String, List<Double>>();
        var downloads = new LinkedHashMap<String, List<Double>>();
        for (int round = 0; round <= ROUNDS; round++) {
            for (var way : ways.entrySet()) {
                double connect = measure(way.getValue(), "connect", CONNECTIONS);
                double download = measure(way.getValue(), "download", BYTES);
                if (round > 0) { // the first warms the agent up
                    connects.computeIfAbsent(way.getKey(), key -> new ArrayList<>())
                            .add(connect);
                    downloads
                            .computeIfAbsent(way.getKey(), key -> new ArrayList<>())
                            .add(download);
                }
            }
        }
        System.out.println("| way to the agent | connect, us: median (min-max) | download, Gbit/s: median (min-max) |");
        System.out.println("|---|---|---|");
        ways.keySet()
                .forEach(way -> System.out.printf(
                        Locale.ROOT,
                        "| %s | %s | %s |%n",
                        way,
                        summary(connects.get(way)),
                        summary(downloads.get(way))));
    }

    private Map<String, List<String>> ways() throws IOException {
        var client = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        var ways = new LinkedHashMap<String, List<String>>();
        var own = new ArrayList<>(client);
        own.add("-DsocksProxyHost=" + socks5.getHostString());
        own.add("-DsocksProxyPort=" + socks5.getPort());
        ways.put("the program's own SOCKS5", own);
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "proxychains4"))
                .filter(Files::isExecutable)
                .findFirst()
                .ifPresentOrElse(
                        program -> ways.put(
                                "proxychains4", under(List.of(program.toString(), "-q", "-f", chain()), client)),
                        () -> System.err.println("bench: proxychains4 is missing and left out"));
        Path runtime = network.directory().resolve(AGENT).resolve("run");
        ways.put(
                "exec",
                under(
                        List.of(home.resolve("bin/tailnet-agent").toString(), "exec", "--runtime-dir=" + runtime, "--"),
                        client));
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

    private static List<String> under(List<String> wrapper, List<String> client) {
        return Stream.concat(wrapper.stream(), client.stream()).toList();
    }

    private double measure(List<String> way, String what, long amount) throws IOException, InterruptedException {
        var command = new ArrayList<>(way);
        command.addAll(List.of(
                PlainClient.class.getName(),
                what,
                InetAddress.getByAddress(far.ipv4()).getHostAddress(),
                String.valueOf(far.port()),
                String.valueOf(amount)));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException("failed: " + String.join(" ", command));
        }
        return Double.parseDouble(output.lines().toList().getLast());
    }

    private static String summary(@Nullable List<Double> values) {
        if (values == null) {
            return "";
        }
        var sorted = values.stream().sorted().toList();
        return String.format(
                Locale.ROOT, "%.2f (%.2f-%.2f)", sorted.get(sorted.size() / 2), sorted.getFirst(), sorted.getLast());
    }
}
