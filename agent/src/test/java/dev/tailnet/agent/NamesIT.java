package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.agent.testing.DnsLookup;
import dev.tailnet.agent.testing.Eventually;
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
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.naming.NameNotFoundException;
import javax.naming.OperationNotSupportedException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of name, by the proxy, by the DNS listener and by {@code tailnet-agent resolve}; and what is remembered of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NamesIT {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress CORP_DNS = InetAddress.ofLiteral("127.0.0.2");
    private static final Duration DIAL = Duration.ofSeconds(15);
    private static final Duration CHANGE = Duration.ofSeconds(20);
    private static final int TXT = 16;
    private static final int MX = 15;
    private static final int SRV = 33;

    private TestNetwork network;
    private Peer peer;
    private AgentProcess agent;
    private InetSocketAddress dns;
    private DnsServer hostDns;
    private DnsServer corpDns;
    private PageServer peerPage;
    private PageServer subnetPage4;
    private PageServer subnetPage6;
    private PageServer directPage4;

    @BeforeAll
    void start() {
        peerPage = new PageServer(LOOPBACK, "the peer");
        subnetPage4 = new PageServer(TestAddresses.SUBNET_HOST_IPV4, "the subnet");
        subnetPage6 = new PageServer(TestAddresses.SUBNET_HOST_IPV6, "the subnet, IPv6");
        directPage4 = new PageServer(TestAddresses.DIRECT_HOST_IPV4, "the internet");
        hostDns = new DnsServer(LOOPBACK, 53)
                .with("outside.test", TestAddresses.DIRECT_HOST_IPV4)
                .with("found.elsewhere.test", TestAddresses.DIRECT_HOST_IPV4)
                .withRecord("outside.test", TXT, text("of the host"))
                .withRecord("outside.test", MX, mailbox());
        corpDns = new DnsServer(CORP_DNS, 53)
                .with("db.corp.test", TestAddresses.SUBNET_HOST_IPV4)
                .with("both.corp.test", TestAddresses.DIRECT_HOST_IPV4, TestAddresses.SUBNET_HOST_IPV4)
                .with("race.corp.test", TestAddresses.BLACKHOLE, TestAddresses.DIRECT_HOST_IPV4)
                .with("often.corp.test", TestAddresses.SUBNET_HOST_IPV4)
                .with("changed.corp.test", TestAddresses.SUBNET_HOST_IPV4)
                .with("brief.corp.test", TestAddresses.SUBNET_HOST_IPV4)
                .withRecord("db.corp.test", TXT, text("x".repeat(250), "y".repeat(250), "z".repeat(250)))
                .withRecord("_pg._tcp.corp.test", SRV, service())
                .negativeTimeToLive(60);
        network = TestNetwork.start(NetworkOptions.defaults()
                .withExtraRecords(
                        DnsRecord.a("extra.internal.test", TestAddresses.SUBNET_HOST_IPV4.getHostAddress()),
                        DnsRecord.aaaa("extra6.internal.test", TestAddresses.SUBNET_HOST_IPV6.getHostAddress()))
                .withSearchDomains("corp.test", "elsewhere.test")
                .withSplitDns("corp.test", CORP_DNS.getHostAddress()));
        peer = network.startPeer("web", PeerOptions.subnetRouter());
        // Of its own: one that is reached by both ways loses count of the host's connections (netstack of v1.102.5).
        network.startPeer("site7", PeerOptions.plain().withAdvertiseRoutes(TestAddresses.SUBNET_VIA));
        agent = AgentProcess.in(network, "box")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments("--dns-listen=127.0.0.1:0")
                .startAndAwaitRunning();
        dns = agent.listener("dns");
        Eventually.get(CHANGE, () -> agent.verb("resolve", "192.0.2.10").output(), said -> said.contains("subnet"));
    }

    @AfterAll
    void stop() {
        Stream.of(agent, network, hostDns, corpDns, peerPage, subnetPage4, subnetPage6, directPage4)
                .forEach(NamesIT::close);
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** A name, the page behind it, and what {@code resolve} says of it. */
    private record Name(String name, int port, String page, String resolved) {}

    Stream<Name> names() {
        String server = "(" + CORP_DNS.getHostAddress() + ")";
        String via = "fd7a:115c:a1e0:b1a:0:7:c000:20a";
        return Stream.of(
                new Name("web", peerPage.port(), "the peer", peer.ipv4() + "  tailnet  MagicDNS, for "),
                new Name("Web.tailnet.test.", peerPage.port(), "the peer", peer.ipv4() + "  tailnet  MagicDNS, for "),
                new Name(
                        "extra.internal.test",
                        subnetPage4.port(),
                        "the subnet",
                        "192.0.2.10  subnet  extra record, for "),
                new Name(
                        "extra6.internal.test",
                        subnetPage6.port(),
                        "the subnet, IPv6",
                        "2001:db8:10::10  subnet  extra record, for "),
                new Name("db.corp.test", subnetPage4.port(), "the subnet", "192.0.2.10  subnet  split DNS " + server),
                new Name("db", subnetPage4.port(), "the subnet", "192.0.2.10  subnet  split DNS " + server),
                new Name("found", directPage4.port(), "the internet", "198.51.100.10  direct  system"),
                new Name("192-0-2-10-via-7", subnetPage4.port(), "the subnet", via + "  subnet  4via6, for "),
                new Name(
                        "192-0-2-10-via-7.tailnet.test",
                        subnetPage4.port(),
                        "the subnet",
                        via + "  subnet  4via6, for "),
                new Name("outside.test", directPage4.port(), "the internet", "198.51.100.10  direct  system"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void leadToTheirPages(Name name) {
        String url = "http://" + name.name() + ":" + name.port();
        Curl socks = agent.overSocks(url);
        Curl http = agent.overHttp(url);

        assertThat(socks.output()).as("%s\n%s", socks, agent.log()).isEqualTo(name.page());
        assertThat(http.output()).as("%s\n%s", http, agent.log()).isEqualTo(name.page());
    }

    @ParameterizedTest
    @MethodSource("names")
    void areResolvedWithWhoAnswered(Name name) {
        AgentProcess.Said said = agent.verb("resolve", name.name());

        assertThat(said.exitCode()).as("%s", said).isZero();
        assertThat(said.output()).contains(name.resolved());
    }

    @ParameterizedTest
    @MethodSource("names")
    void areServedByTheDnsListener(Name name) throws Exception {
        String type = name.resolved().startsWith("2001") || name.resolved().startsWith("fd7a") ? "AAAA" : "A";
        List<String> addresses = DnsLookup.ask(dns, type, name.name());

        assertThat(addresses).hasSize(1);
        assertThat(InetAddress.ofLiteral(addresses.getFirst()))
                .isEqualTo(InetAddress.ofLiteral(
                        name.resolved().substring(0, name.resolved().indexOf(' '))));
    }

    @Test
    void theTailnetIsPreferred() {
        AgentProcess.Said said = agent.verb("resolve", "both.corp.test");
        assertThat(said.output()).contains("198.51.100.10  direct", "192.0.2.10  subnet");

        Curl curl = agent.overHttp("http://both.corp.test:" + subnetPage4.port());
        assertThat(curl.output()).as("%s", curl).isEqualTo("the subnet");
        assertThat(agent.awaitLogLines("DECISION", "target=both.corp.test"))
                .allMatch(line -> line.contains("address=192.0.2.10 route=SUBNET"));
    }

    /** Half the time of a dial is what one that comes after the other would be left. */
    @Test
    void anAddressThatDoesNotAnswerHoldsTheNextOneUpForAMoment() {
        Curl curl = agent.overHttp("http://race.corp.test:" + directPage4.port());

        assertThat(curl.output()).as("%s\n%s", curl, agent.log()).isEqualTo("the internet");
        assertThat(curl.took()).isLessThan(DIAL.dividedBy(2));
    }

    @ParameterizedTest
    @CsvSource({"nobody.tailnet.test,MagicDNS", "nobody.corp.test,split DNS", "nobody.example.test,system"})
    void whatNobodyKnowsIsSaidToBeUnknown(String name, String who) {
        AgentProcess.Said said = agent.verb("resolve", name);

        assertThat(said.exitCode()).as("%s", said).isEqualTo(8);
        assertThat(said.output()).contains(name + " has no address (" + who);
        assertThatThrownBy(() -> DnsLookup.ask(dns, "A", name)).isInstanceOf(NameNotFoundException.class);
        assertThat(agent.overHttp("http://" + name).errors()).contains("HTTP/1.1 502", "has no address");
    }

    @Test
    void resolveCanSayItAsJson() {
        AgentProcess.Said said = agent.verb("resolve", "--json", "web");

        assertThat(said.exitCode()).isZero();
        assertThat(said.output())
                .contains(
                        "\"address\" : \"" + peer.ipv4() + "\"",
                        "\"route\" : \"tailnet\"",
                        "\"answeredBy\" : \"MagicDNS\"");
    }

    @Test
    void recordsOfOtherTypesComeFromThoseWhoKnow() throws Exception {
        String reversed = String.join(".", List.of(peer.ipv4().split("\\.", -1)).reversed());

        assertThat(DnsLookup.ask(dns, "PTR", reversed + ".in-addr.arpa")).containsExactly("web.tailnet.test.");
        assertThat(DnsLookup.ask(dns, "TXT", "outside.test")).containsExactly("\"of the host\"");
        assertThat(DnsLookup.ask(dns, "MX", "outside.test")).containsExactly("10 mail.test.");
        assertThat(DnsLookup.ask(dns, "SRV", "_pg._tcp.corp.test")).containsExactly("1 2 5432 db.corp.test.");
        assertThat(DnsLookup.ask(dns, "TXT", "web.tailnet.test")).isEmpty();
        assertThat(DnsLookup.ask(dns, "AAAA", "outside.test")).isEmpty();
    }

    /** Seven hundred bytes do not fit into a UDP response: the client comes back over TCP. */
    @Test
    void aLongAnswerComesOverTcp() throws Exception {
        assertThat(DnsLookup.ask(dns, "TXT", "db.corp.test").getFirst())
                .contains("x".repeat(250), "y".repeat(250), "z".repeat(250));
    }

    @Test
    void anAnswerIsRememberedAndForgottenWhenTheTailnetChanges() {
        agent.verb("resolve", "often.corp.test");
        assertThat(agent.verb("resolve", "often.corp.test").output()).contains("cached");

        try (Peer another = network.startPeer("another")) {
            Eventually.get(
                    CHANGE, () -> agent.verb("resolve", "often.corp.test").output(), said -> !said.contains("cached"));
            Eventually.get(
                    CHANGE, () -> agent.verb("resolve", "another").output(), said -> said.contains(another.ipv4()));
        }
    }

    @Test
    void anAnswerIsRememberedNoLongerThanItSays() {
        corpDns.timeToLive(1);
        try {
            agent.verb("resolve", "brief.corp.test");
        } finally {
            corpDns.timeToLive(60);
        }
        corpDns.with("brief.corp.test", TestAddresses.DIRECT_HOST_IPV4);
        Eventually.get(
                CHANGE,
                () -> agent.verb("resolve", "brief.corp.test").output(),
                said -> said.contains("198.51.100.10"));
    }

    @Test
    void thatANameDoesNotExistIsRememberedToo() {
        agent.verb("resolve", "absent.corp.test");

        assertThat(agent.verb("resolve", "absent.corp.test").output())
                .contains("has no address (split DNS")
                .contains("cached");
        assertThat(agent.control("/metrics"))
                .containsPattern("tailnet_names_lookups_total\\{result=\"hit\"} [1-9]")
                .containsPattern("tailnet_dns_queries_total\\{result=\"answered\"} ");
    }

    @Test
    void aZoneTransferIsRefused() {
        assertThatThrownBy(() -> DnsLookup.ask(dns, "252", "tailnet.test"))
                .isInstanceOf(OperationNotSupportedException.class);
    }

    private static byte[] text(String... strings) {
        ByteBuffer data = ByteBuffer.allocate(1024);
        for (String string : strings) {
            data.put((byte) string.length()).put(string.getBytes(StandardCharsets.US_ASCII));
        }
        return taken(data);
    }

    private static byte[] mailbox() {
        return taken(name(ByteBuffer.allocate(64).putShort((short) 10), "mail", "test"));
    }

    private static byte[] service() {
        return taken(name(
                ByteBuffer.allocate(64).putShort((short) 1).putShort((short) 2).putShort((short) 5432),
                "db",
                "corp",
                "test"));
    }

    private static ByteBuffer name(ByteBuffer data, String... labels) {
        for (String label : labels) {
            data.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
        }
        return data.put((byte) 0);
    }

    private static byte[] taken(ByteBuffer data) {
        byte[] bytes = new byte[data.flip().remaining()];
        data.get(bytes);
        return bytes;
    }
}
