package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.Tunnel;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.NetworkOptions;
import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.OutboundProxy;
import dev.tailnet.testnet.fixture.PageServer;
import dev.tailnet.testnet.fixture.ServerFirstServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A sandbox whose only way out is a proxy: no name server answers, and the control server goes by a name that only the proxy
 * knows.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpstreamProxyIT {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final String CONTROL = "control.test";
    private static final String USER = "box";
    private static final String PASSWORD = "s3cret@proxy";
    private static final Duration SOON = Duration.ofSeconds(15);

    private TestNetwork network;
    private Peer peer;
    private OutboundProxy proxy;
    private PageServer page;
    private PageServer page6;
    private PageServer peerPage;
    private AgentProcess agent;

    @BeforeAll
    void start() throws IOException {
        network = TestNetwork.start(NetworkOptions.defaults().withControlName(CONTROL));
        proxy = named(OutboundProxy.forUser(TestAddresses.DIRECT_HOST_IPV4, USER, PASSWORD));
        page = new PageServer(TestAddresses.DIRECT_HOST_IPV4, "the internet");
        page6 = new PageServer(TestAddresses.DIRECT_HOST_IPV6, "the internet, IPv6");
        peerPage = new PageServer(LOOPBACK, "the peer");
        peer = network.startPeer("web");
        Path url = Files.writeString(network.directory().resolve("proxy-url"), url("http", PASSWORD) + "\n");
        agent = behindProxy("boxed")
                .arguments("--upstream-proxy-file=" + url, "--upstream-no-proxy=2001:db8:20::/64")
                .startAndAwaitRunning();
    }

    @AfterAll
    void stop() {
        agent.close();
        network.close();
        List.of(page, page6, peerPage).forEach(PageServer::close);
        proxy.close();
    }

    private static OutboundProxy named(OutboundProxy proxy) {
        return proxy.with(CONTROL, LOOPBACK).with("outside.test", TestAddresses.DIRECT_HOST_IPV4);
    }

    private String url(String scheme, String password) {
        return scheme + "://" + USER + ":" + password.replace("@", "%40") + "@"
                + proxy.address().getAddress().getHostAddress() + ":" + proxy.port();
    }

    /** An agent that knows its control server by a name without address. */
    private AgentProcess.Builder behindProxy(String hostname) {
        return AgentProcess.in(network, hostname)
                .arguments("--login-server=http://" + CONTROL + ":"
                        + network.controlUrl().getPort())
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()));
    }

    private String controlTarget() {
        return CONTROL + ":" + network.controlUrl().getPort();
    }

    @Test
    void controlServerAndRelayAreReachedThroughIt() {
        assertThat(proxy.targets()).filteredOn(controlTarget()::equals).hasSizeGreaterThan(1);
        assertThat(proxy.beginnings())
                // The node's poll goes on in the connection that fetched the key.
                .anyMatch(line -> line.startsWith("GET /key?"))
                .anyMatch(line -> line.startsWith("GET /derp"));
        assertThat(agent.status().path("derpHome").asString()).isNotEmpty();
    }

    @Test
    void aSocksProxyDoesAsWell() {
        int before = proxy.targets().size();
        try (AgentProcess other = behindProxy("socksed")
                .arguments("--upstream-proxy=" + url("socks5", PASSWORD))
                .startAndAwaitRunning()) {
            assertThat(proxy.targets().subList(before, proxy.targets().size())).contains(controlTarget());
            assertThat(other.overSocks("http://outside.test:" + page.port()).output())
                    .isEqualTo("the internet");
            assertThat(proxy.targets()).contains("outside.test:" + page.port());
            assertThat(other.log()).contains("use --upstream-proxy-file").doesNotContain("s3cret");
            assertThat(command(other)).contains("--upstream-proxy=").doesNotContain("s3cret");
        }
    }

    private static String command(AgentProcess agent) {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(agent.pid()), "cmdline"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"outside.test", "198.51.100.10"})
    void carriesNamesAndAddressesOutsideTheTailnet(String host) {
        String target = host + ":" + page.port();

        Curl socks = agent.overSocks("http://" + target);
        Curl http = agent.overHttp("http://" + target);

        assertThat(socks.output()).as("%s\n%s", socks, agent.log()).isEqualTo("the internet");
        assertThat(http.output()).as("%s", http).isEqualTo("the internet");
        assertThat(proxy.targets()).filteredOn(target::equals).hasSizeGreaterThan(1);
    }

    @Test
    void nothingOfTheTailnetGoesThroughIt() {
        for (String host : List.of("web", "web.tailnet.test", peer.ipv4())) {
            assertThat(agent.overSocks("http://" + host + ":" + peerPage.port()).output())
                    .isEqualTo("the peer");
        }
        Curl unknown = agent.overHttp("http://nosuch.tailnet.test:80");

        assertThat(unknown.errors()).contains("HTTP/1.1 502", "nosuch.tailnet.test has no address");
        assertThat(proxy.targets())
                .noneMatch(target ->
                        target.contains("web") || target.contains("tailnet.test") || target.startsWith("100."));
    }

    @Test
    void whatIsExemptGoesDirectly() {
        String target = "[2001:db8:20::10]:" + page6.port();

        assertThat(agent.overSocks("http://" + target).output()).isEqualTo("the internet, IPv6");

        assertThat(proxy.targets()).noneMatch(asked -> asked.endsWith(":" + page6.port()));
    }

    @ParameterizedTest
    @EnumSource
    void theFirstWordOfAServerArrives(Tunnel.Protocol protocol) throws IOException {
        try (var server = new ServerFirstServer(TestAddresses.DIRECT_HOST_IPV4, "220 ready\r\n");
                var tunnel = Tunnel.open(agent.proxyPort(), protocol, "outside.test", server.port(), (byte) '!')) {
            assertThat(tunnel.receive(12)).isEqualTo("220 ready\r\n!");
            tunnel.endOutput();
            assertThat(tunnel.receiveAll()).isEmpty();
        }
    }

    @Test
    void saysWhatTheProxySaysOfTheTarget() {
        proxy.forbid("forbidden.test");

        assertThat(agent.overHttp("http://forbidden.test:80").errors())
                .contains("HTTP/1.1 403", "does not allow forbidden.test:80 (403 Forbidden)");
        assertThat(agent.overSocks("http://forbidden.test:80").errors()).contains("(2)");
        assertThat(agent.overHttp("http://nosuch.test:80").errors())
                .contains("HTTP/1.1 502", "cannot reach nosuch.test:80 (502 Bad Gateway)");
    }

    @Test
    void refusesThisHostByNameAsEver() {
        assertThat(agent.overHttp("http://localhost:80").errors()).contains("HTTP/1.1 403");
        assertThat(proxy.targets()).noneMatch(target -> target.startsWith("localhost"));
    }

    @Test
    void saysThatThePasswordIsWrongToClientsAndInTheState() {
        try (AgentProcess other = behindProxy("wrong")
                .environment("TAILNET_UPSTREAM_PROXY", url("http", "wr0ng-password"))
                .start()) {
            String reason = Eventually.get(
                    SOON, () -> other.status().path("reason").asString(), it -> it.contains("refuses the credentials"));
            assertThat(reason)
                    .contains("upstream proxy http://198.51.100.10:" + proxy.port(), "407")
                    .doesNotContain("wr0ng-password");
            assertThat(other.log()).doesNotContain("wr0ng-password");
        }
        try (AgentProcess other = AgentProcess.in(network, "half-wrong")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments("--upstream-proxy=" + url("socks5", "wr0ng-password"), "--upstream-proxy-for=direct")
                .startAndAwaitRunning()) {
            assertThat(other.overHttp("http://outside.test:" + page.port()).errors())
                    .contains("HTTP/1.1 502", "refuses the agent's credentials")
                    .doesNotContain("wr0ng-password");
            assertThat(other.log()).doesNotContain("wr0ng-password");
        }
    }

    @Test
    void aProxyThatIsDownIsNamedAndUsedAgainWhenItIsBack() {
        var passing = named(OutboundProxy.forUser(TestAddresses.DIRECT_HOST_IPV4, USER, PASSWORD));
        InetSocketAddress address = passing.address();
        try (AgentProcess other = AgentProcess.in(network, "patient")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments(
                        "--upstream-proxy=http://" + USER + ":" + PASSWORD + "@198.51.100.10:" + address.getPort(),
                        "--upstream-proxy-for=direct")
                .startAndAwaitRunning()) {
            String url = "http://outside.test:" + page.port();
            assertThat(other.overHttp(url).output()).isEqualTo("the internet");
            passing.close();

            assertThat(other.overHttp(url).errors())
                    .contains("HTTP/1.1 502", "upstream proxy http://198.51.100.10:" + address.getPort())
                    .contains("cannot be reached");

            try (var again = named(OutboundProxy.reopened(address, USER, PASSWORD))) {
                assertThat(other.overHttp(url).output()).isEqualTo("the internet");
                assertThat(again.targets()).hasSize(1);
            }
        } finally {
            passing.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:18055", "socks5://[::1]:18055", "http://0.0.0.0:18055"})
    void theAgentIsNotItsOwnProxy(String self) {
        try (AgentProcess other = behindProxy("circle")
                .arguments("--listen=127.0.0.1:18055", "--upstream-proxy=" + self)
                .launch()) {
            assertThat(other.awaitExit()).isEqualTo(2);
            assertThat(other.log()).contains("--upstream-proxy (flag): ", "is this agent itself");
        }
    }

    @Test
    void anEnvironmentThatNamesTheAgentIsIgnoredWithAWarning() {
        for (String more : List.of("--upstream-proxy=env", "--accept-routes=true")) {
            try (AgentProcess other = AgentProcess.in(network, "inheriting")
                    .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                    .environment("HTTPS_PROXY", "http://localhost:18056")
                    .environment("HTTP_PROXY", "http://localhost:18056")
                    .arguments("--login-server=http://198.51.100.10:"
                            + network.controlUrl().getPort())
                    .arguments("--listen=127.0.0.1:18056", more)
                    .launch()) {
                Eventually.get(SOON, other::log, log -> log.contains("http://localhost:18056 is this"));
            }
        }
    }
}
