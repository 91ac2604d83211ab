package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.Tunnel;
import dev.tailnet.agent.testing.Tunnel.Protocol;
import dev.tailnet.agent.testing.WebSocketEchoServer;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.EchoServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Many connections to what is exposed, long idle ones, and what is left of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExposeLoadIT {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int AT_ONCE = 2000;
    private static final Duration LONG = Duration.ofSeconds(60);

    /** With keep-alive probes each second, of which nine without an answer end a connection, this is long. */
    private static final Duration IDLE = Duration.ofSeconds(Long.getLong("dev.tailnet.it.idle.seconds", 15));

    private final EchoServer echo = new EchoServer(LOOPBACK);
    private final WebSocketEchoServer webSocket = new WebSocketEchoServer(LOOPBACK);
    private TestNetwork network;
    private AgentProcess first;
    private AgentProcess second;

    @BeforeAll
    void start() {
        network = TestNetwork.start();
        first = agent("first", "--expose=3000=" + echo.port() + ",8765=" + webSocket.port());
        second = agent("second");
    }

    private AgentProcess agent(String name, String... arguments) {
        return AgentProcess.in(network, name)
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .environment("TS_NETSTACK_KEEPALIVE_IDLE", "1s")
                .environment("TS_NETSTACK_KEEPALIVE_INTERVAL", "1s")
                .arguments("--log-level=info")
                .arguments(arguments)
                .startAndAwaitRunning();
    }

    @AfterAll
    void stop() {
        first.close();
        second.close();
        network.close();
        echo.close();
        webSocket.close();
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void twoThousandAtOnceAndNothingLeft() throws Exception {
        openAndEcho(100).forEach(ExposeLoadIT::close);
        awaitOpen(0);
        long descriptors = descriptors();

        List<Tunnel> tunnels = openAndEcho(AT_ONCE);
        awaitOpen(AT_ONCE);
        for (Tunnel tunnel : tunnels) {
            tunnel.send("again");
        }
        for (Tunnel tunnel : tunnels) {
            assertThat(tunnel.receive(5)).isEqualTo("again");
        }
        long busy = residentBytes();
        tunnels.forEach(ExposeLoadIT::close);

        awaitOpen(0);
        Eventually.get(LONG, this::descriptors, count -> count <= descriptors + 20);
        assertThat(first.status().path("inbound").path("accepted").asLong()).isGreaterThanOrEqualTo(AT_ONCE);

        openAndEcho(AT_ONCE).forEach(ExposeLoadIT::close);
        awaitOpen(0);
        assertThat(residentBytes()).as("grows no further").isLessThan(busy + (64L << 20));
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    void anIdleWebSocketStaysUp() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        HttpClient client = HttpClient.newBuilder()
                .proxy(ProxySelector.of(new InetSocketAddress(LOOPBACK, second.proxyPort())))
                .build();
        WebSocket socket = client.newWebSocketBuilder()
                .buildAsync(URI.create("ws://first:8765/ws"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                        heard.add(text.toString());
                        from.request(1);
                        return CompletableFuture.completedStage("read");
                    }

                    @Override
                    public void onError(WebSocket from, Throwable error) {
                        heard.add("error: " + error);
                    }
                })
                .get(30, TimeUnit.SECONDS);
        socket.sendText("before", true).get(10, TimeUnit.SECONDS);
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("before");

        assertThat(heard.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS)).isNull();

        socket.sendText("after", true).get(10, TimeUnit.SECONDS);
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("after");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(10, TimeUnit.SECONDS);
        assertThat(first.log()).doesNotContain("panic");
    }

    /** The probes are what ends a connection of a peer that is gone without a word. */
    @Test
    void aPeerThatVanishesIsNoticed() throws Exception {
        try (AgentProcess vanishing = agent("vanishing");
                Tunnel tunnel = Tunnel.open(vanishing.proxyPort(), Protocol.SOCKS5, "first", 3000)) {
            tunnel.send("x");
            assertThat(tunnel.receive(1)).isEqualTo("x");
            int open = first.status().path("inbound").path("open").asInt();
            ProcessHandle.of(vanishing.pid()).orElseThrow().destroyForcibly();
            assertThatThrownBy(() -> tunnel.receive(1)).isInstanceOf(IOException.class);
            awaitOpen(open - 1);
        }
    }

    private List<Tunnel> openAndEcho(int count) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(64)) {
            List<Future<Tunnel>> opening = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String word = "%05d".formatted(i);
                opening.add(threads.submit(() -> {
                    Tunnel tunnel = Tunnel.open(second.proxyPort(), Protocol.SOCKS5, "first", 3000);
                    tunnel.send(word);
                    assertThat(tunnel.receive(5)).isEqualTo(word);
                    return tunnel;
                }));
            }
            List<Tunnel> open = new ArrayList<>();
            for (Future<Tunnel> tunnel : opening) {
                open.add(tunnel.get());
            }
            return open;
        }
    }

    private void awaitOpen(int count) {
        Eventually.get(LONG, () -> first.status().path("inbound").path("open").asInt(), open -> open == count);
    }

    private long descriptors() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + first.pid() + "/fd"))) {
            return descriptors.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + first.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }

    private static void close(Tunnel tunnel) {
        try {
            tunnel.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
