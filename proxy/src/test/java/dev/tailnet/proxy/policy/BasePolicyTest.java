package dev.tailnet.proxy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BasePolicyTest {
    private static final InetSocketAddress CLIENT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
    private static final List<InetSocketAddress> OWN = List.of(
            new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 1055),
            new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 9002));

    private final Policy open = new BasePolicy(Internet.DIRECT, new OwnListeners(() -> OWN));
    private final Policy closed = new BasePolicy(Internet.DENY, new OwnListeners(() -> OWN));

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, loopback",
        "127.8.9.10, loopback",
        "::1, loopback",
        "0.0.0.0, unspecified",
        "0.1.2.3, unspecified",
        "::, unspecified",
        "169.254.169.254, link-local",
        "169.254.0.1, link-local",
        "fe80::1, link-local",
        "fd00:ec2::254, metadata",
        "fd20:ce::254, metadata",
        "100.100.100.200, metadata",
        "168.63.129.16, metadata",
        "224.0.0.1, multicast",
        "239.255.255.250, multicast",
        "ff02::1, multicast",
        "255.255.255.255, broadcast",
        "64:ff9b::7f00:1, loopback",
        "64:ff9b::a9fe:a9fe, link-local",
        "64:ff9b:1::a9fe:a9fe, link-local",
        "2002:7f00:1::, loopback",
        "2002:a9fe:a9fe::1, link-local",
        "::127.0.0.1, loopback",
        "::ffff:169.254.169.254, link-local",
        "2001:0:1:2:3:4:5601:5601, link-local",
        "2001:db8::5efe:7f00:1, loopback",
        "2001:db8::200:5efe:169.254.169.254, link-local"
    })
    void refusesWhatADirectDialMustNotReach(String address, String rule) {
        assertThat(judge(open, address, 80, Route.DIRECT))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.rule()).isEqualTo(rule));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "10.0.0.1",
                "192.168.1.1",
                "172.16.0.1",
                "2606:4700::1111",
                "fd12::1",
                "64:ff9b::101:101",
                "2002:101:101::1",
                "126.255.255.255",
                "128.0.0.1",
                "169.253.255.255",
                "169.255.0.0",
                "223.255.255.255",
                "255.255.255.254",
                "1.0.0.0"
            })
    void allowsTheRestWhenTheInternetIsOpenAndRefusesItWhenNot(String address) {
        assertThat(judge(open, address, 80, Route.DIRECT)).isEqualTo(Verdict.allowed());
        assertThat(judge(closed, address, 80, Route.DIRECT)).isInstanceOfSatisfying(Verdict.Refused.class, refused -> {
            assertThat(refused.rule()).isEqualTo("internet-deny");
            assertThat(refused.message()).contains("--internet=direct");
        });
    }

    @Test
    void aClosedInternetLeavesTheTailnetOpen() {
        for (Route route : List.of(Route.TAILNET, Route.SUBNET)) {
            assertThat(judge(closed, "10.1.2.3", 443, route)).isEqualTo(Verdict.allowed());
        }
        assertThat(judge(closed, "198.51.100.1", 443, Route.EXIT_NODE)).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void behindAnExitNodeTheDirectWayIsClosed() {
        String[] trouble = {""};
        var policy = new BasePolicy(new Internet.ThroughExitNode(() -> trouble[0]), new OwnListeners(List::of));
        for (Route route : List.of(Route.TAILNET, Route.SUBNET, Route.EXIT_NODE)) {
            assertThat(judge(policy, "10.1.2.3", 443, route)).isEqualTo(Verdict.allowed());
        }
        assertThat(judge(policy, "198.51.100.1", 443, Route.DIRECT))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.rule()).isEqualTo("exit-node"));

        trouble[0] = "gate is not an exit node";
        assertThat(judge(policy, "198.51.100.1", 443, Route.DIRECT))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.message()).endsWith("gate is not an exit node"));
    }

    @Test
    void loopbackIsNotReachableThroughTheTailnetEither() {
        for (Route route : Route.values()) {
            assertThat(judge(open, "127.0.0.1", 80, route)).isInstanceOf(Verdict.Refused.class);
            assertThat(judge(open, "169.254.169.254", 80, route)).isInstanceOf(Verdict.Refused.class);
        }
    }

    @Test
    void metadataServicesAreReachableOnlyWhereSomebodyOffersThem() {
        assertThat(Arrays.stream(Route.values())
                        .filter(route -> judge(open, "fd00:ec2::254", 80, route).equals(Verdict.allowed())))
                .containsExactly(Route.TAILNET, Route.SUBNET);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 1055, true",
        "192.0.2.7, 1056, false",
        "192.0.2.8, 1055, false",
        "::ffff:192.0.2.7, 1055, true",
        "64:ff9b::192.0.2.7, 1055, true",
        "127.0.0.1, 9002, true",
        "::1, 9002, true",
        "0.0.0.0, 9002, true"
    })
    void refusesItsOwnListeners(String address, int port, boolean own) {
        Verdict verdict = judge(open, address, port, Route.DIRECT);
        assertThat(verdict instanceof Verdict.Refused(String rule, String message) && rule.equals("own-listener"))
                .isEqualTo(own);
    }

    @Test
    void theMessageSaysCauseAndFix() {
        assertThat(judge(open, "127.0.0.1", 80, Route.DIRECT))
                .isEqualTo(Verdict.refused(
                        "loopback",
                        "127.0.0.1 is this host itself, which the proxy does not lead to: add it to NO_PROXY, so that"
                                + " clients connect to it by themselves"));
        Verdict byName = open.onAddress(
                request("evil.example", 80), List.of(), InetAddress.ofLiteral("64:ff9b::7f00:1"), Route.DIRECT);
        assertThat(byName)
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.message())
                                .startsWith("evil.example (64:ff9b::7f00:1, that is 127.0.0.1) is this host"));
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, false",
        "LOCALHOST., false",
        "db.localhost, false",
        "localhost.example.com, true",
        "notlocalhost, true",
        "127.0.0.1, false",
        "::ffff:127.0.0.1, false",
        "169.254.169.254, false",
        "64:ff9b::169.254.169.254, false",
        "10.0.0.1, true",
        "fd00:ec2::254, true",
        "1.1.1.1, true"
    })
    void thisHostIsRefusedBeforeAnyLookupOrRoute(String host, boolean allowed) {
        assertThat(open.onTarget(request(host, 80)).equals(Verdict.allowed())).isEqualTo(allowed);
    }

    private static Verdict judge(Policy policy, String address, int port, Route route) {
        return policy.onAddress(request(address, port), List.of(), InetAddress.ofLiteral(address), route);
    }

    private static ConnectRequest request(String host, int port) {
        try {
            return new ConnectRequest(
                    1, ConnectRequest.Protocol.SOCKS5, CLIENT, null, new Target(HostSyntax.parse(host), port));
        } catch (ConnectFailure e) {
            throw new AssertionError(e);
        }
    }
}
