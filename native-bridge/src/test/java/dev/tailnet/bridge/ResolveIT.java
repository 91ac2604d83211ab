package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names: the tailnet's, the host's, and those that nobody knows. */
@ExtendWith(Tailnet.class)
class ResolveIT {
    private static final Duration LONG = Duration.ofSeconds(10);

    private static String domain;
    private static Peer peer;
    private static RunningNode node;

    @BeforeAll
    static void start(TestNetwork network, Peer subnetRouter) throws Exception {
        domain = network.baseDomain();
        peer = subnetRouter;
        node = RunningNode.ephemeral(network, "resolve-node");
        InetAddress address = InetAddress.ofLiteral(peer.ipv4());
        Await.until("the peer is known", LONG, () -> node.node().routeOf(address) == TailnetRoute.PEER);
    }

    @AfterAll
    static void stop() throws Exception {
        node.close();
    }

    @Test
    void aPeersName() throws Exception {
        NodeEvent.Resolved resolved = resolve(peer.hostname() + "." + domain);
        assertThat(resolved.code()).as(resolved.message()).isEqualTo(Code.OK);
        assertThat(resolved.source()).isEqualTo(Source.MAGICDNS);
        // MagicDNS hands out IPv6 addresses only where there is no other: tailscale's issue 1152.
        assertThat(resolved.addresses()).containsExactly(InetAddress.ofLiteral(peer.ipv4()));
        assertThat(resolved.timeToLive()).isPositive();
    }

    @Test
    void aPeersShortName() throws Exception {
        NodeEvent.Resolved resolved = resolve(peer.hostname());
        assertThat(resolved.code()).as(resolved.message()).isEqualTo(Code.OK);
        assertThat(resolved.addresses()).contains(InetAddress.ofLiteral(peer.ipv4()));
    }

    @Test
    void anExtraRecord() throws Exception {
        NodeEvent.Resolved resolved = resolve("subnet-host.internal.test");
        assertThat(resolved.code()).as(resolved.message()).isEqualTo(Code.OK);
        assertThat(resolved.source()).isEqualTo(Source.EXTRA_RECORD);
        assertThat(resolved.addresses())
                .containsExactlyInAnyOrder(TestAddresses.SUBNET_HOST_IPV4, TestAddresses.SUBNET_HOST_IPV6);
    }

    @Test
    void anUnknownNameOfTheTailnet() throws Exception {
        NodeEvent.Resolved resolved = resolve("nobody." + domain);
        assertThat(resolved.code()).isEqualTo(Code.NO_SUCH_NAME);
        assertThat(resolved.message()).contains("nobody." + domain);
        assertThat(resolved.addresses()).isEmpty();
        assertThat(resolved.source()).isEqualTo(Source.MAGICDNS);
        assertThat(resolved.timeToLive()).as("the minimum of the SOA record").isPositive();
    }

    @Test
    void theHostsOwnNames() throws Exception {
        NodeEvent.Resolved resolved = resolve("localhost");
        assertThat(resolved.code()).as(resolved.message()).isEqualTo(Code.OK);
        assertThat(resolved.source()).isEqualTo(Source.SYSTEM);
        assertThat(resolved.addresses())
                .allMatch(InetAddress::isLoopbackAddress)
                .isNotEmpty();
    }

    @Test
    void aNameOfTheInternetThatNoServerAnswers() throws Exception {
        NodeEvent.Resolved resolved = resolve("www.example.com");
        assertThat(resolved.code()).isIn(Code.RESOLVE_FAILED, Code.TIMEOUT);
        assertThat(resolved.message()).contains("www.example.com");
    }

    @Test
    void a4via6Name() throws Exception {
        for (String name : List.of("192-0-2-10-via-7", "192-0-2-10-via-7." + domain)) {
            NodeEvent.Resolved resolved = resolve(name);
            assertThat(resolved.code()).as(resolved.message()).isEqualTo(Code.OK);
            assertThat(resolved.source()).isEqualTo(Source.VIA);
            assertThat(resolved.addresses()).containsExactly(InetAddress.ofLiteral("fd7a:115c:a1e0:b1a:0:7:c000:20a"));
        }
    }

    @Test
    void aQueryIsAnsweredByWhoKnowsTheName() throws Exception {
        long id = RunningNode.newId();
        byte[] query =
                HexFormat.of().parseHex("abcd01000001000000000000" + "04" + "70656572" + domainInHex() + "00010001");
        node.node().query(id, query, LONG);
        NodeEvent.Answered answered = node.events().answered(id);

        assertThat(answered.code()).as(answered.message()).isEqualTo(Code.OK);
        assertThat(answered.source()).isEqualTo(Source.MAGICDNS);
        assertThat(answered.response())
                .startsWith(0xab, 0xcd)
                .endsWith(InetAddress.ofLiteral(peer.ipv4()).getAddress());
    }

    @Test
    void whatIsNoQueryIsRefused() {
        for (byte[] message : List.of(new byte[0], new byte[11], new byte[12], new byte[70_000])) {
            assertThatThrownBy(() -> node.node().query(RunningNode.newId(), message, LONG))
                    .isInstanceOf(BridgeException.class);
        }
    }

    @Test
    void aLookupCanBeCancelled() throws Exception {
        long id = RunningNode.newId();
        node.node().resolve(id, "cancelled.example.com", LONG);
        node.node().cancel(id);
        assertThat(node.events().resolved(id).code()).isNotEqualTo(Code.OK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a..b", "white space.test", "-", "localhost\0.example.com"})
    void whatIsNoNameIsSaidToBeNone(String name) throws Exception {
        long id = RunningNode.newId();
        try {
            node.node().resolve(id, name, LONG);
        } catch (BridgeException e) {
            assertThat(e.code()).isEqualTo(Code.INTERNAL);
            return;
        }
        assertThat(node.events().resolved(id).code()).isNotEqualTo(Code.OK);
    }

    @Test
    void anIdInUseIsRefused() throws Exception {
        long id = RunningNode.newId();
        node.node().dial(id, Via.DIRECT, TestAddresses.BLACKHOLE, 80, LONG);
        assertThatThrownBy(() -> node.node().resolve(id, "localhost", LONG)).isInstanceOf(BridgeException.class);
        node.node().cancel(id);
        assertThat(node.events().dialed(id).code()).isEqualTo(Code.CANCELLED);
    }

    /** The domain's labels, each after its length, and the root. */
    private static String domainInHex() {
        var hex = new StringBuilder();
        for (String label : domain.split("\\.")) {
            hex.append("%02x".formatted(label.length()))
                    .append(HexFormat.of().formatHex(label.getBytes(StandardCharsets.US_ASCII)));
        }
        return hex.append("00").toString();
    }

    private static NodeEvent.Resolved resolve(String name) throws InterruptedException {
        long id = RunningNode.newId();
        node.node().resolve(id, name, LONG);
        return node.events().resolved(id);
    }
}
