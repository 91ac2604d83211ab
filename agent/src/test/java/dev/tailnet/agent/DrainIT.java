package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.Tunnel;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.EchoServer;
import dev.tailnet.testnet.fixture.PageServer;
import dev.tailnet.testnet.fixture.TcpServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What becomes of the connections of each protocol when the agent is told to stop. */
class DrainIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int TIMEOUT_MILLIS = 30_000;

    @Test
    void whatIsUnderWayIsFinishedAndWhatIsIdleEnds() throws Exception {
        try (var network = TestNetwork.start();
                var echo = new EchoServer(TestAddresses.DIRECT_HOST_IPV4);
                var page = new PageServer(TestAddresses.DIRECT_HOST_IPV4, "the page");
                var slow = new HalfAnswer(TestAddresses.DIRECT_HOST_IPV4);
                AgentProcess agent = AgentProcess.in(network, "polite")
                        .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                        .arguments(
                                "--drain-timeout=" + PATIENCE.toSeconds() + "s",
                                "--forward=127.0.0.1:0=198.51.100.10:" + echo.port())
                        .startAndAwaitRunning();
                Socket idle = connect(agent.proxyPort());
                Socket underWay = connect(agent.proxyPort());
                Socket forwarded = connect(agent.listener("forward").getPort());
                Tunnel tunnel = Tunnel.open(agent.proxyPort(), Tunnel.Protocol.SOCKS5, "198.51.100.10", echo.port())) {
            get(idle, page.port());
            assertThat(read(idle, "the page")).contains("HTTP/1.1 200");
            get(underWay, slow.port());
            read(underWay, "first ");
            send(forwarded, "before");
            assertThat(read(forwarded, "before")).isEqualTo("before");

            agent.terminate();
            Eventually.get(SOON, () -> agent.control("/readyz"), answer -> answer.contains("not accepting"));

            assertThat(idle.getInputStream().read()).as("nothing to wait for").isEqualTo(-1);
            slow.goOn.countDown();
            assertThat(new String(underWay.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("second");
            send(forwarded, "after");
            assertThat(read(forwarded, "after")).isEqualTo("after");
            tunnel.send("after");
            assertThat(tunnel.receive(5)).isEqualTo("after");
            forwarded.close();
            tunnel.close();

            assertThat(agent.awaitExit()).isZero();
        }
    }

    private static Socket connect(int port) throws IOException {
        var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    private static void get(Socket socket, int port) throws IOException {
        String host = "198.51.100.10:" + port;
        send(socket, "GET http://" + host + "/ HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String read(Socket socket, String end) throws IOException {
        var text = new StringBuilder();
        var in = new DataInputStream(socket.getInputStream());
        while (text.indexOf(end) < 0) {
            text.append((char) in.readUnsignedByte());
        }
        return text.toString();
    }

    /** Answers with the first half, and with the second when the test says so. */
    private static final class HalfAnswer extends TcpServer {
        private final CountDownLatch goOn = new CountDownLatch(1);

        HalfAnswer(InetAddress address) {
            super(address, 0);
            serve();
        }

        @Override
        protected void handle(Socket connection) throws IOException, InterruptedException {
            read(connection, "\r\n\r\n");
            send(connection, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nfirst ");
            goOn.await();
            send(connection, "second");
            connection.getInputStream().read();
        }
    }
}
