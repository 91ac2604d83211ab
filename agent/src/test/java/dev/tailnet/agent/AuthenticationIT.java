package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.PasswordTunnel;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.EchoServer;
import dev.tailnet.testnet.fixture.PageServer;
import dev.tailnet.testnet.fixture.TcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Users, their limits, and what a SIGHUP changes of them, with curl as the client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuthenticationIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    /** The password is {@code secret}. */
    private static final String CI =
            "ci:$6$rounds=1000$first$AAGraNiyvEwV0zVW1wwRzb3pgGewiPR/XfLFQeUvZPiM/zTbsmIFLfHPtnhVEW.5.MUp6J6dZM0YLng5epYTp.";

    /** The password is {@code other pass}. */
    private static final String OPS = "ops:$5$rounds=1000$second$KNXDdeFfN8HopdOI0DGQk0pHlR.xj9kl9JZ3RBWipw4";

    private TestNetwork network;
    private PageServer page;
    private EchoServer echo;
    private AgentProcess agent;
    private Path users;
    private Path configuration;
    private String url;
    private int reloads;

    @BeforeAll
    void start() throws IOException {
        page = new PageServer(TestAddresses.DIRECT_HOST_IPV4, "the page");
        echo = new EchoServer(TestAddresses.DIRECT_HOST_IPV4);
        url = "http://198.51.100.10:" + page.port();
        network = TestNetwork.start();
        users = Files.createFile(
                network.directory().resolve("users"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(users, List.of(CI, OPS));
        configuration = Files.writeString(network.directory().resolve("agent.yaml"), "users-file: " + users + "\n");
        agent = AgentProcess.in(network, "guarded")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments("--config=" + configuration, "--log-level=trace")
                .startAndAwaitRunning();
    }

    @AfterAll
    void stop() {
        agent.close();
        network.close();
        page.close();
        echo.close();
    }

    @BeforeEach
    void asAtTheStart() throws IOException {
        configure(List.of(CI, OPS), "");
    }

    private void configure(List<String> lines, String more) throws IOException {
        Files.write(users, lines);
        Files.writeString(configuration, "users-file: " + users + "\n" + more);
        agent.hangUp();
        reloads++;
        Eventually.get(SOON, () -> occurrences("Configuration reloaded; changed: "), count -> count == reloads);
    }

    private long occurrences(String words) {
        return agent.log().lines().filter(line -> line.contains(words)).count();
    }

    private Curl curl(String scheme, String user, String... arguments) {
        String proxy = scheme + "://" + (user.isEmpty() ? "" : user + "@") + "127.0.0.1:" + agent.proxyPort();
        var all = new ArrayList<>(List.of("-x", proxy, url));
        all.addAll(List.of(arguments));
        return Curl.run(all.toArray(String[]::new));
    }

    @Test
    void theRightPasswordLetsCurlThrough() {
        assertThat(curl("socks5h", "ci:secret").output()).isEqualTo("the page");
        assertThat(curl("socks5h", "ops:other%20pass").output()).isEqualTo("the page");
        assertThat(curl("http", "ci:secret", "-p").output()).isEqualTo("the page");
        assertThat(curl("http", "ops:other%20pass", "-p").output()).isEqualTo("the page");
        assertThat(curl("http", "ci:secret", "-p", "--proxy-anyauth").output())
                .as("asked first, on the same connection")
                .isEqualTo("the page");

        agent.awaitLog("role=\"ci\"", "role=\"ops\"");
    }

    @Test
    void anyOtherDoesNot() {
        for (String wrong : List.of("", "ci:wrong", "nobody:secret", "ci:")) {
            assertThat(curl("socks5h", wrong).exitCode()).as(wrong).isEqualTo(97);
            assertThat(curl("http", wrong, "-p").errors())
                    .as(wrong)
                    .contains("HTTP/1.1 407", "Proxy-Authenticate: Basic realm=\"tailnet-agent\"");
        }
        assertThat(curl("socks4a", "").exitCode()).isEqualTo(97);
        agent.awaitLog("SOCKS4 has none; use SOCKS5");
        agent.awaitMetrics("tailnet_connections_rejected_total\\{reason=\"authentication\"} [1-9]");
    }

    @Test
    void plainHttpNeedsOneTooWhichItsTargetDoesNotSee() throws IOException {
        assertThat(curl("http", "").errors()).contains("HTTP/1.1 407");
        assertThat(curl("http", "ci:wrong", "-d", "body").errors()).contains("HTTP/1.1 407");
        assertThat(curl("http", "ci:secret").output()).isEqualTo("the page");
        assertThat(curl("http", "ci:secret", url).output())
                .as("twice on a connection")
                .isEqualTo("the pagethe page");
        assertThat(curl("http", "ci:secret", "--proxy-anyauth", "-d", "body").output())
                .isEqualTo("the page");
        try (var mirror = new MirrorServer(TestAddresses.DIRECT_HOST_IPV4)) {
            String seen = Curl.run(
                            "-x",
                            "http://ci:secret@127.0.0.1:" + agent.proxyPort(),
                            "http://198.51.100.10:" + mirror.port())
                    .output();
            assertThat(seen).startsWith("GET / HTTP/1.1").doesNotContainIgnoringCase("proxy-auth", "Y2k6c2VjcmV0");
        }
    }

    @Test
    void eachRequestOnAConnectionIsJudgedByTheUsersOfItsTime() throws IOException {
        try (var client = new Socket(InetAddress.ofLiteral("127.0.0.1"), agent.proxyPort())) {
            client.setSoTimeout((int) SOON.toMillis());
            assertThat(answer(client, "the page")).startsWith("HTTP/1.1 200 ");

            configure(List.of(OPS), "");

            assertThat(answer(client, "\n")).startsWith("HTTP/1.1 407 ");
        }
    }

    /** Sends a request as {@code ci} and returns its answer up to some words. */
    private String answer(Socket client, String end) throws IOException {
        client.getOutputStream()
                .write(("GET " + url + "/ HTTP/1.1\r\nHost: a\r\nProxy-Authorization: Basic Y2k6c2VjcmV0\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        var answer = new StringBuilder();
        while (answer.indexOf(end) < 0) {
            int next = client.getInputStream().read();
            assertThat(next).as("%s", answer).isNotNegative();
            answer.append((char) next);
        }
        return answer.toString();
    }

    /** Answers with the head of the request. */
    private static final class MirrorServer extends TcpServer {
        MirrorServer(InetAddress address) {
            super(address, 0);
            serve();
        }

        @Override
        protected void handle(Socket connection) throws IOException {
            var head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) connection.getInputStream().read());
            }
            connection
                    .getOutputStream()
                    .write(("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + head.length() + "\r\n\r\n"
                                    + head)
                            .getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void noPasswordIsLogged() throws IOException {
        curl("socks5h", "ci:secret");
        curl("http", "ci:secret", "-p");
        curl("http", "ci:hunter2", "-p");
        curl("socks5h", "hunter2:hunter2");

        assertThat(agent.log()).doesNotContain("hunter2", ":secret", "Y2k6c2VjcmV0", "$6$");
        assertThat(agent.control("/status") + agent.control("/metrics")).doesNotContain("hunter2", "secret", "$6$");
    }

    @Test
    void aHangUpChangesTheUsersAndLeavesOpenTunnelsAlone() throws IOException {
        try (var tunnel = PasswordTunnel.open(agent.proxyPort(), "ci", "secret", echo.address())) {
            configure(List.of(OPS), "");

            assertThat(curl("socks5h", "ci:secret").exitCode()).isEqualTo(97);
            assertThat(curl("socks5h", "ops:other%20pass").output()).isEqualTo("the page");
            tunnel.send("still here");
            assertThat(tunnel.receive(10)).isEqualTo("still here");
        }
    }

    @Test
    void aBadConfigurationLeavesTheOldOneRunningAndSaysWhyAtOnce() throws IOException {
        String refusal = "Configuration not reloaded, the old one stays in force";
        long before = occurrences(refusal);
        Files.write(users, List.of("ci:secret", OPS));
        Files.writeString(configuration, "users-file: " + users + "\nmax-connections: many\n");

        agent.hangUp();

        Eventually.get(SOON, () -> occurrences(refusal), count -> count == before + 1);
        assertThat(agent.log().lines().filter(line -> line.contains(refusal)).reduce((one, other) -> other))
                .hasValueSatisfying(line -> assertThat(line)
                        .contains("users line 1: ", "agent.yaml line 2: 'many' is not a number")
                        .doesNotContain("secret"));
        assertThat(curl("socks5h", "ci:secret").output()).isEqualTo("the page");
    }

    @Test
    void whatNeedsARestartIsNamed() throws IOException {
        configure(List.of(CI, OPS), "internet: deny\ndial-timeout: 5s\n");

        agent.awaitLog("Restart the agent for what else has changed: internet");
        assertThat(agent.log()).contains("Configuration reloaded; changed: dial-timeout");
        assertThat(curl("socks5h", "ci:secret").output()).as("still direct").isEqualTo("the page");
    }

    @Test
    void eachUserHasALimitOfConnections() throws IOException {
        configure(List.of(CI, OPS), "max-connections-per-client: 2\n");
        try (var first = PasswordTunnel.open(agent.proxyPort(), "ci", "secret", echo.address());
                var second = PasswordTunnel.open(agent.proxyPort(), "ci", "secret", echo.address())) {
            assertThat(curl("http", "ci:secret", "-p").errors())
                    .contains("HTTP/1.1 503", "error=connection_limit_reached", "this client has 2 connections open");
            assertThatThrownBy(() -> PasswordTunnel.open(agent.proxyPort(), "ci", "secret", echo.address()))
                    .hasMessageContaining("SOCKS reply 1");
            assertThat(curl("http", "ops:other%20pass", "-p").output()).isEqualTo("the page");
            first.send("x");
            assertThat(first.receive(1)).isEqualTo("x");
            second.send("y");
            assertThat(second.receive(1)).isEqualTo("y");
        }
        Eventually.get(SOON, () -> curl("http", "ci:secret", "-p").output(), output -> output.equals("the page"));
        agent.awaitMetrics("tailnet_connections_rejected_total\\{reason=\"max_connections_per_client\"} [1-9]");
    }
}
