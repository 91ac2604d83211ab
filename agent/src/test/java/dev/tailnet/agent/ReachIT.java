package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.NetworkOptions;
import dev.tailnet.testnet.NetworkOptions.DnsRecord;
import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.PeerOptions;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.DnsServer;
import dev.tailnet.testnet.fixture.PageServer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What curl reaches through the agent, and what it is told about the rest. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReachIT {
    private static final Duration DIAL = Duration.ofSeconds(15);
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    private TestNetwork network;
    private Peer peer;
    private AgentProcess agent;
    private DnsServer hostDns;
    private PageServer peerPage;
    private PageServer subnetPage4;
    private PageServer subnetPage6;
    private PageServer directPage4;
    private PageServer directPage6;

    @BeforeAll
    void start() {
        hostDns = new DnsServer(InetAddress.ofLiteral("127.0.0.1"), 53)
                .with("outside.test", TestAddresses.DIRECT_HOST_IPV4);
        peerPage = new PageServer(InetAddress.ofLiteral("127.0.0.1"), "the peer");
        subnetPage4 = new PageServer(TestAddresses.SUBNET_HOST_IPV4, "the subnet");
        subnetPage6 = new PageServer(TestAddresses.SUBNET_HOST_IPV6, "the subnet, IPv6");
        directPage4 = new PageServer(TestAddresses.DIRECT_HOST_IPV4, "the internet");
        directPage6 = new PageServer(TestAddresses.DIRECT_HOST_IPV6, "the internet, IPv6");
        network = TestNetwork.start(NetworkOptions.defaults()
                .withExtraRecords(
                        DnsRecord.a("subnet.internal.test", TestAddresses.SUBNET_HOST_IPV4.getHostAddress())));
        peer = network.startPeer("web", PeerOptions.subnetRouter());
        agent = AgentProcess.in(network, "box")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .startAndAwaitRunning();
    }

    @AfterAll
    void stop() {
        Stream.of(agent, network, hostDns, peerPage, subnetPage4, subnetPage6, directPage4, directPage6)
                .forEach(ReachIT::close);
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** A way to a page. */
    private record Way(String url, String page) {}

    Stream<Way> ways() {
        return Stream.of(
                new Way("http://web:" + peerPage.port(), "the peer"),
                new Way("http://web.tailnet.test:" + peerPage.port(), "the peer"),
                new Way("http://WEB.Tailnet.Test.:" + peerPage.port(), "the peer"),
                new Way("http://" + peer.ipv4() + ":" + peerPage.port(), "the peer"),
                new Way("http://[" + peer.ipv6() + "]:" + peerPage.port(), "the peer"),
                new Way("http://subnet.internal.test:" + subnetPage4.port(), "the subnet"),
                new Way("http://192.0.2.10:" + subnetPage4.port(), "the subnet"),
                new Way("http://[2001:db8:10::10]:" + subnetPage6.port(), "the subnet, IPv6"),
                new Way("http://outside.test:" + directPage4.port(), "the internet"),
                new Way("http://198.51.100.10:" + directPage4.port(), "the internet"),
                new Way("http://[2001:db8:20::10]:" + directPage6.port(), "the internet, IPv6"));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void reachesOverSocks(Way way) {
        Curl curl = agent.overSocks(way.url());

        assertThat(curl.exitCode()).as("%s\n%s", curl, agent.log()).isZero();
        assertThat(curl.output()).isEqualTo(way.page());
    }

    @ParameterizedTest
    @MethodSource("ways")
    void reachesOverHttp(Way way) {
        Curl curl = agent.overHttp(way.url());

        assertThat(curl.exitCode()).as("%s\n%s", curl, agent.log()).isZero();
        assertThat(curl.output()).isEqualTo(way.page());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            http://web:1              | 5 | 502 | connection_refused        | web (100.64.0.1:1) refused the connection
            http://198.51.100.10:1    | 5 | 502 | connection_refused        | 198.51.100.10:1 refused the connection
            http://nosuchname:80      | 4 | 502 | dns_error                 | nosuchname has no address
            http://no.such.test:80    | 4 | 502 | dns_error                 | no.such.test has no address
            http://203.0.113.9:80     | 6 | 504 | connection_timeout        | did not answer within 15 s
            http://203.0.113.10:80    | 4 | 502 | destination_unavailable   | cannot be reached: no route to host
            http://203.0.113.11:80    | 3 | 502 | destination_ip_unroutable | no route leads to
            http://100.64.99.99:80    | 4 | 502 | destination_ip_unroutable | that no node has
            http://127.0.0.1:80       | 2 | 403 | http_request_denied       | this host itself
            http://localhost:80       | 2 | 403 | http_request_denied       | this host itself
            http://169.254.169.254:80 | 2 | 403 | http_request_denied       | metadata
            """)
    void saysWhatIsWrongInTime(String url, int socksReply, int httpStatus, String proxyStatus, String words) {
        Duration limit = (socksReply == 6 ? DIAL : AT_ONCE).plusSeconds(2);

        Curl socks = agent.overSocks(url);
        Curl http = agent.overHttp(url);

        assertThat(socks.exitCode()).as("%s", socks).isEqualTo(97);
        assertThat(socks.errors()).contains("(" + socksReply + ")");
        assertThat(http.exitCode()).as("%s", http).isEqualTo(56);
        assertThat(http.errors())
                .contains("HTTP/1.1 " + httpStatus, proxyStatus)
                .containsIgnoringCase(words);
        assertThat(socks.took()).isLessThan(limit);
        assertThat(http.took()).isLessThan(limit);
    }

    @Test
    void doesNotReachItself() {
        Curl curl = agent.overHttp("http://127.0.0.1:" + agent.proxyPort());

        assertThat(curl.errors()).contains("HTTP/1.1 403");
    }

    @Test
    void tellsItsStatus() {
        assertThat(agent.status().path("reason").asString()).isEmpty();
        assertThat(agent.status().path("name").asString()).isEqualTo("box");
        assertThat(agent.status().path("dnsName").asString()).isEqualTo("box.tailnet.test");
        assertThat(agent.status().path("addresses").size()).isEqualTo(2);
        assertThat(agent.status().path("derpHome").asString()).isNotEmpty();
        assertThat(agent.status()
                        .path("peers")
                        .valueStream()
                        .map(it -> it.path("name").asString()))
                .containsExactly("web");
        assertThat(agent.control("/readyz")).contains(" 200 ");
        assertThat(agent.control("/metrics"))
                .contains("tailnet_node_state{state=\"running\"} 1.0", "tailnet_go_heap_bytes");
    }
}
