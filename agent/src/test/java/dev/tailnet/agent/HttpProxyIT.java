package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.agent.testing.HttpTarget;
import dev.tailnet.agent.testing.WebSocketEcho;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plain HTTP through the agent: curl, WebSocket clients of Netty and the JDK, slow readers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpProxyIT {
    private static final InetAddress PEER = InetAddress.ofLiteral("127.0.0.1");
    private static final int SLOW_READERS = 400;
    private static final long BULK_BYTES = 256L << 20;
    private static final long FLAT_BYTES = 96L << 20;

    private TestNetwork network;
    private AgentProcess agent;
    private HttpTarget onPeer;
    private HttpTarget direct;

    @BeforeAll
    void start() {
        onPeer = new HttpTarget(PEER, "the peer");
        direct = new HttpTarget(TestAddresses.DIRECT_HOST_IPV4, "the internet");
        network = TestNetwork.start();
        var unused = network.startPeer("web");
        agent = AgentProcess.in(network, "box")
                .javaOptions("-Xmx96m", "-XX:MaxDirectMemorySize=64m")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .startAndAwaitRunning();
    }

    @AfterAll
    void stop() {
        agent.close();
        network.close();
        onPeer.close();
        direct.close();
    }

    private Curl curl(String... arguments) {
        List<String> all = new ArrayList<>(List.of("-x", "http://127.0.0.1:" + agent.proxyPort()));
        all.addAll(List.of(arguments));
        return Curl.run(all.toArray(String[]::new));
    }

    private String peerUri(String path) {
        return "http://web:" + onPeer.port() + path;
    }

    @Test
    void reachesBothWays() {
        assertThat(curl(peerUri("/")).output()).isEqualTo("the peer");
        assertThat(curl("http://198.51.100.10:" + direct.port() + "/").output()).isEqualTo("the internet");
        assertThat(curl("-0", peerUri("/")).output()).isEqualTo("the peer");
        assertThat(curl("-I", peerUri("/")).errors()).containsIgnoringCase("via: 1.1 tailnet-agent");
    }

    @Test
    void servesManyRequestsOnOneConnectionToTheTarget() {
        try (var counted = new HttpTarget(PEER, "page")) {
            String uri = "http://web:" + counted.port() + "/";
            Curl curl = curl(uri, uri, uri, uri);
            assertThat(curl.output()).isEqualTo("page".repeat(4));
            assertThat(counted.accepted()).isEqualTo(1);
            assertThat(curl.errors()).containsIgnoringCase("re-using existing connection");
        }
    }

    @Test
    void uploads(@TempDir Path folder) throws IOException {
        byte[] body = new byte[20_000_000];
        new Random(1).nextBytes(body);
        Path file = Files.write(folder.resolve("body"), body);

        Curl waiting = curl("-T", file.toString(), "-H", "Expect: 100-continue", peerUri("/"));
        Curl chunked = curl("-T", file.toString(), "-H", "Transfer-Encoding: chunked", peerUri("/"));

        assertThat(waiting.output()).isEqualTo(HttpTarget.sumOf(body, 0));
        assertThat(waiting.errors()).contains("HTTP/1.1 100 Continue");
        assertThat(chunked.output()).isEqualTo(HttpTarget.sumOf(body, 0));
    }

    @Test
    void answersPipelinedRequestsInOrderAndPassesTrailersOn() throws IOException {
        try (var client = connect()) {
            String host = "Host: web\r\n";
            String get = "GET " + peerUri("/") + " HTTP/1.1\r\n" + host + "\r\n";
            String post = "POST " + peerUri("/") + " HTTP/1.1\r\n" + host
                    + "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-Sum: 1\r\n\r\n";
            send(
                    client,
                    get + post + get + "GET http://198.51.100.10:" + direct.port() + "/ HTTP/1.1\r\n" + host
                            + "Connection: close\r\n\r\n");
            String answers = new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            String bodies = answers.replaceAll("(?s)HTTP/1.1 200 OK\r\n.*?\r\n\r\n", "|");
            assertThat(bodies)
                    .isEqualTo("|the peer|" + HttpTarget.sumOf("body".getBytes(StandardCharsets.US_ASCII), 1)
                            + "|the peer|the internet");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            http://web:1              | 502 | connection_refused  | web (100.64.0.1:1) refused the connection
            http://nosuchname/        | 502 | dns_error           | nosuchname
            http://127.0.0.1:80/      | 403 | http_request_denied | this host itself
            http://169.254.169.254/   | 403 | http_request_denied | metadata
            """)
    void saysWhatIsWrong(String uri, int status, String proxyStatus, String words) {
        Curl curl = curl(uri);
        assertThat(curl.errors()).contains("HTTP/1.1 " + status, proxyStatus);
        assertThat(curl.output()).contains(words);
    }

    @Test
    void tellsHowToUseIt() {
        assertThat(Curl.run("http://127.0.0.1:" + agent.proxyPort() + "/").output())
                .contains("not a web server");
    }

    /** Netty's client asks for the upgrade in absolute form, as it is meant for a proxy. */
    @Test
    void becomesATunnelForAWebSocket() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (var server = new WebSocketEcho(PEER)) {
            var heard = new CompletableFuture<String>();
            Channel client = new Bootstrap()
                    .group(group)
                    .channel(NioSocketChannel.class)
                    .handler(webSocketClient(URI.create("ws://web:" + server.port() + "/ws"), heard))
                    .connect("127.0.0.1", agent.proxyPort())
                    .sync()
                    .channel();
            assertThat(heard.get(20, TimeUnit.SECONDS)).isEqualTo("hello");
            assertThat(agent.status().path("connections").path("tunnels").asInt())
                    .isPositive();
            client.close().sync();
        } finally {
            group.shutdownGracefully().sync();
        }
    }

    private static ChannelInitializer<Channel> webSocketClient(URI uri, CompletableFuture<String> heard) {
        var handshaker = WebSocketClientHandshakerFactory.newHandshaker(
                uri, WebSocketVersion.V13, null, false, EmptyHttpHeaders.INSTANCE, 65_536, true, false, -1, true);
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline()
                        .addLast(
                                new HttpClientCodec(),
                                new HttpObjectAggregator(65_536),
                                new WebSocketClientProtocolHandler(handshaker),
                                new SimpleChannelInboundHandler<TextWebSocketFrame>() {
                                    @Override
                                    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                                        if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
                                            ctx.writeAndFlush(new TextWebSocketFrame("hello"));
                                        }
                                    }

                                    @Override
                                    protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) {
                                        heard.complete(frame.text());
                                    }
                                });
            }
        };
    }

    /** The JDK's client tunnels by CONNECT. */
    @Test
    void carriesTheJdksWebSocket() throws Exception {
        try (var server = new WebSocketEcho(PEER);
                var http = HttpClient.newBuilder()
                        .proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", agent.proxyPort())))
                        .build()) {
            var heard = new CompletableFuture<String>();
            WebSocket socket = http.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://web:" + server.port() + "/ws"), new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                            heard.complete(text.toString());
                            return CompletableFuture.completedStage(null);
                        }
                    })
                    .get(20, TimeUnit.SECONDS);
            socket.sendText("hello", true).get(20, TimeUnit.SECONDS);
            assertThat(heard.get(20, TimeUnit.SECONDS)).isEqualTo("hello");
            socket.abort();
        }
    }

    @Test
    void slowReadersHoldNeitherMemoryNorOthers() throws IOException {
        curl("-o", "/dev/null", "http://198.51.100.10:" + direct.port() + "/bulk/" + (64L << 20));
        long before = residentBytes();
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < SLOW_READERS; i++) {
                Socket client = connect();
                slow.add(client);
                send(
                        client,
                        "GET http://198.51.100.10:" + direct.port() + "/bulk/" + BULK_BYTES
                                + " HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(client.getInputStream().read()).isEqualTo('H');
            }
            Curl curl = curl(peerUri("/"));
            assertThat(curl.output()).as("%s", curl).isEqualTo("the peer");
            assertThat(residentBytes() - before).isLessThan(FLAT_BYTES);
        } finally {
            for (Socket client : slow) {
                client.close();
            }
        }
    }

    @Test
    void countsAndAuditsEachRequest() {
        curl(peerUri("/"), peerUri("/"));
        agent.awaitMetrics("tailnet_connections_total\\{outcome=\"established\",protocol=\"http\"\\} [1-9][0-9.]*");
        assertThat(agent.log())
                .containsPattern("DECISION id=\\d+ protocol=HTTP client=127.0.0.1:\\d+ target=web:" + onPeer.port());
    }

    private Socket connect() throws IOException {
        var socket = new Socket("127.0.0.1", agent.proxyPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + agent.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }
}
