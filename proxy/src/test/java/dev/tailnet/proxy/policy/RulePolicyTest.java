package dev.tailnet.proxy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.policy.rules.Cidr;
import dev.tailnet.proxy.policy.rules.Condition;
import dev.tailnet.proxy.policy.rules.Direction;
import dev.tailnet.proxy.policy.rules.Effect;
import dev.tailnet.proxy.policy.rules.HostPattern;
import dev.tailnet.proxy.policy.rules.Mode;
import dev.tailnet.proxy.policy.rules.PortRange;
import dev.tailnet.proxy.policy.rules.Rule;
import dev.tailnet.proxy.policy.rules.RuleSet;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.request.InboundRequest;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulePolicyTest {
    private static final InetSocketAddress CLIENT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
    private static final InetSocketAddress OWN = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1055);

    private final BasePolicy base = new BasePolicy(Internet.DIRECT, new OwnListeners(() -> List.of(OWN)));

    @Test
    void whatNoRuleAllowsIsRefusedBeforeAnyLookup() {
        Policy policy = enforce(Effect.DENY, allow("api", "api.example.com"));
        assertThat(policy.onTarget(request("api.example.com", 443))).isInstanceOf(Verdict.Allowed.class);
        assertThat(policy.onTarget(request("www.example.com", 443)))
                .isEqualTo(Verdict.refused(
                        "default",
                        "www.example.com:443 is allowed by no rule, and what no rule allows is denied: a rule that allows"
                                + " it belongs into test.yaml"));
        assertThat(policy.onLookup("www.example.com")).isInstanceOf(Verdict.Refused.class);
        assertThat(policy.onLookup("api.example.com")).isInstanceOf(Verdict.Allowed.class);
    }

    @Test
    void aRuleThatIsAboutTheHostButNotForThisUseIsNamed() {
        var port = new Condition(port(443), Set.of(), Set.of(), Set.of(), List.of(), Set.of());
        var tailnet = new Condition(List.of(), Set.of(Route.TAILNET), Set.of(), Set.of(), List.of(), Set.of());
        Policy policy = enforce(
                Effect.DENY,
                new Rule(
                        "tailnet",
                        "test.yaml",
                        3,
                        Direction.OUTBOUND,
                        Effect.ALLOW,
                        List.of(),
                        List.of(),
                        tailnet,
                        Optional.empty()),
                new Rule(
                        "api",
                        "test.yaml",
                        7,
                        Direction.OUTBOUND,
                        Effect.ALLOW,
                        List.of(HostPattern.parse("api.example.com")),
                        List.of(),
                        port,
                        Optional.empty()),
                allow("net", "203.0.113.0/24"));
        assertThat(policy.onAddress(
                        request("api.example.com", 80), List.of(), InetAddress.ofLiteral("198.51.100.7"), Route.DIRECT))
                .isEqualTo(Verdict.refused(
                        "default",
                        "api.example.com (198.51.100.7), port 80 is allowed by no rule, and what no rule allows is denied:"
                                + " rule 'api' allows it for another use (port, protocol, method, path, route, user): see"
                                + " test.yaml, line 7"));
        assertThat(policy.onAddress(
                        request("www.example.com", 80), List.of(), InetAddress.ofLiteral("198.51.100.7"), Route.DIRECT))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused ->
                                assertThat(refused.message()).endsWith("a rule that allows it belongs into test.yaml"));
    }

    @Test
    void aNameThatABlockMayAllowIsLookedUpAndItsAddressJudged() {
        Policy policy = enforce(Effect.DENY, allow("net", "198.51.100.0/24"));
        assertThat(policy.onTarget(request("www.example.com", 443))).isInstanceOf(Verdict.Allowed.class);
        assertThat(judge(policy, "www.example.com", "198.51.100.7", Route.DIRECT))
                .isEqualTo("net");
        assertThat(judge(policy, "www.example.com", "203.0.113.7", Route.DIRECT))
                .isEqualTo("refused: default");
    }

    @Test
    void denyWinsOverAllowByNameAndByAddress() {
        Policy policy = enforce(
                Effect.DENY,
                allow("all", ".example.com"),
                deny("ads", "ads.example.com"),
                deny("net", "203.0.113.0/24"));
        assertThat(policy.onTarget(request("ads.example.com", 443)))
                .isEqualTo(Verdict.refused(
                        "ads",
                        "ads.example.com:443 is denied by rule 'ads': to allow it, change that rule in line ads"));
        assertThat(judge(policy, "www.example.com", "203.0.113.7", Route.DIRECT))
                .isEqualTo("refused: net");
        assertThat(judge(policy, "www.example.com", "64:ff9b::203.0.113.7", Route.DIRECT))
                .isEqualTo("refused: net");
        assertThat(judge(policy, "www.example.com", "198.51.100.7", Route.DIRECT))
                .isEqualTo("all");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.0/8, true",
        "127.0.0.1, 127.0.0.1/32, true",
        "127.0.0.1, 0.0.0.0/0, false",
        "127.0.0.1, 126.0.0.0/7, false",
        "::1, ::1/128, true",
        "::1, ::/0, false",
        "169.254.169.254, 169.254.0.0/16, false",
        "169.254.169.254, 169.254.169.254/32, true",
        "169.254.10.20, 169.254.0.0/16, true",
        "fd00:ec2::254, fd00::/8, false",
        "fd00:ec2::254, fd00:ec2::254/128, true",
        "100.100.100.200, 100.64.0.0/10, false",
        "100.64.0.1, 100.64.0.0/10, false",
        "100.64.0.1, 100.64.0.1/32, false",
        "64:ff9b::7f00:1, 127.0.0.0/8, false",
        "64:ff9b::7f00:1, 64:ff9b::/96, false",
        "64:ff9b::7f00:1, 64:ff9b::7f00:1/128, true",
        "2002:7f00:1::, 2002::/16, false",
        "224.0.0.1, 224.0.0.0/4, true",
        "0.0.0.0, 0.0.0.0/0, false",
        "255.255.255.255, 255.255.255.255/32, true"
    })
    void aBanIsLiftedOnlyByARuleThatMeansIt(String address, String block, boolean lifted) {
        Policy policy = enforce(Effect.ALLOW, allow("explicit", block));
        Verdict verdict =
                policy.onAddress(request(address, 80), List.of(), InetAddress.ofLiteral(address), Route.DIRECT);
        assertThat(verdict instanceof Verdict.Allowed).isEqualTo(lifted);
        assertThat(new RulePolicy(base, set(Mode.OPEN, Effect.ALLOW, allow("explicit", block)))
                        .onAddress(request(address, 80), List.of(), InetAddress.ofLiteral(address), Route.DIRECT))
                .as("rules that are not asked lift nothing")
                .isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void thisHostCanBeMeantByName() {
        Policy policy = enforce(Effect.DENY, allow("here", "localhost"), allow("all", "*"));
        assertThat(policy.onTarget(request("localhost", 8080))).isInstanceOf(Verdict.Allowed.class);
        assertThat(judge(policy, "localhost", "127.0.0.1", Route.DIRECT)).isEqualTo("here");
        assertThat(judge(policy, "evil.example", "127.0.0.1", Route.DIRECT)).isEqualTo("refused: loopback");
        assertThat(enforce(Effect.DENY, allow("all", "*")).onTarget(request("localhost", 8080)))
                .isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void theAgentsOwnPortsHaveToBeNamed() {
        Policy policy = enforce(Effect.DENY, allow("here", "127.0.0.0/8"));
        assertThat(policy.onTarget(request("127.0.0.1", 1055)))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.rule()).isEqualTo("own-listener"));
        assertThat(policy.onTarget(request("127.0.0.1", 8080))).isInstanceOf(Verdict.Allowed.class);
        var port = new Condition(List.of(new PortRange(1055, 1055)), Set.of(), Set.of(), Set.of(), List.of(), Set.of());
        var named = new Rule(
                "own",
                "line own",
                Direction.OUTBOUND,
                Effect.ALLOW,
                List.of(),
                List.of(Cidr.parse("127.0.0.1")),
                port,
                Optional.empty());
        assertThat(enforce(Effect.DENY, named).onTarget(request("127.0.0.1", 1055)))
                .isInstanceOf(Verdict.Allowed.class);
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, DIRECT, refused: private-direct",
        "10.1.2.3, UPSTREAM_PROXY, refused: private-direct",
        "10.1.2.3, SUBNET, net",
        "10.1.2.3, TAILNET, net",
        "192.168.1.1, DIRECT, net",
        "172.16.0.1, DIRECT, refused: private-direct",
        "64:ff9b::10.1.2.3, DIRECT, refused: private-direct",
        "fd12::1, DIRECT, refused: private-direct",
        "198.51.100.1, DIRECT, default"
    })
    void privateNetworksAreReachedThroughTheTailnetOrByARuleThatMeansThem(String address, Route route, String outcome) {
        var policy = new RulePolicy(
                base,
                new RuleSet(
                        "test.yaml",
                        Mode.ENFORCE,
                        Effect.ALLOW,
                        Effect.ALLOW,
                        Effect.DENY,
                        false,
                        false,
                        true,
                        List.of(allow("net", "192.168.0.0/16", "0.0.0.0/1"))));
        assertThat(judge(policy, address, address, route)).isEqualTo(outcome);
    }

    @Test
    void reportingLetsThroughAndSaysWhatWouldBeDenied() {
        Policy policy = new RulePolicy(base, set(Mode.REPORT, Effect.ALLOW, deny("ads", "ads.example.com")));
        assertThat(policy.mode()).isEqualTo("report");
        assertThat(policy.onTarget(request("ads.example.com", 443))).isInstanceOf(Verdict.Allowed.class);
        Verdict verdict = policy.onAddress(
                request("ads.example.com", 443), List.of(), InetAddress.ofLiteral("198.51.100.1"), Route.DIRECT);
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Allowed.class,
                        allowed -> assertThat(allowed.wouldDeny())
                                .isNotNull()
                                .satisfies(refused -> assertThat(refused.rule()).isEqualTo("ads")));
        assertThat(judge(policy, "x.example", "127.0.0.1", Route.DIRECT)).isEqualTo("refused: loopback");
    }

    @Test
    void aClosedInternetIsClosedForRulesToo() {
        var closed = new BasePolicy(Internet.DENY, new OwnListeners(List::of));
        Policy policy = new RulePolicy(closed, set(Mode.ENFORCE, Effect.ALLOW, allow("all", "*")));
        assertThat(judge(policy, "www.example.com", "198.51.100.1", Route.DIRECT))
                .isEqualTo("refused: internet-deny");
        assertThat(judge(policy, "db.internal", "100.64.0.7", Route.TAILNET)).isEqualTo("all");
    }

    @Test
    void aNameThatAnotherProxyResolvesIsJudgedAsAName() {
        Policy policy = enforce(Effect.DENY, allow("api", "api.example.com"), allow("net", "198.51.100.0/24"));
        assertThat(policy.onUnresolved(request("api.example.com", 443), Route.UPSTREAM_PROXY))
                .isInstanceOf(Verdict.Allowed.class);
        assertThat(policy.onUnresolved(request("www.example.com", 443), Route.UPSTREAM_PROXY))
                .isInstanceOf(Verdict.Refused.class);
    }

    @ParameterizedTest
    @CsvSource({
        "www.example.com, allowed",
        "WWW.Example.com., allowed",
        "ads.example.com, refused: ads",
        "other.test, refused: default",
        "localhost, refused: loopback",
        "198.51.100.1, refused: require-name",
        "'', refused: require-name",
        ", refused: require-name"
    })
    void aShownNameIsJudgedWithoutWhatTheAddressIsAllowedBy(String name, String outcome) {
        var policy = new RulePolicy(
                base,
                new RuleSet(
                        "test.yaml",
                        Mode.ENFORCE,
                        Effect.DENY,
                        Effect.ALLOW,
                        Effect.ALLOW,
                        true,
                        false,
                        true,
                        List.of(
                                deny("ads", "ads.example.com"),
                                allow("web", ".example.com"),
                                allow("net", "198.51.100.0/24"))));
        var request = request("198.51.100.1", 443);
        var address = InetAddress.ofLiteral("198.51.100.1");
        assertThat(policy.onAddress(request, List.of(), address, Route.DIRECT))
                .isInstanceOfSatisfying(
                        Verdict.Allowed.class,
                        allowed -> assertThat(allowed.requiresName()).isTrue());
        assertThat(outcome(policy.onShownName(request, address, Route.DIRECT, name))
                        .replace("web", "allowed"))
                .isEqualTo(outcome);
        assertThat(policy.onAddress(request("198.51.100.1", 22), List.of(), address, Route.DIRECT))
                .isInstanceOfSatisfying(
                        Verdict.Allowed.class,
                        allowed -> assertThat(allowed.requiresName()).isFalse());
        assertThat(outcome(policy.onAddress(
                        new ConnectRequest(1, Protocol.SOCKS5_UDP, CLIENT, null, request.target()),
                        List.of(),
                        address,
                        Route.DIRECT)))
                .isEqualTo("refused: require-name");
    }

    @Test
    void rolesAreTheClientsUsers() {
        var forCi = new Condition(List.of(), Set.of(), Set.of(), Set.of(), List.of(), Set.of("ci"));
        var rule = new Rule(
                "ci",
                "line 1",
                Direction.OUTBOUND,
                Effect.ALLOW,
                List.of(HostPattern.parse("api.example.com")),
                List.of(),
                forCi,
                Optional.empty());
        Policy policy = enforce(Effect.DENY, rule);
        Target target = request("api.example.com", 443).target();
        for (String role : Arrays.asList("ci", "ops", null)) {
            assertThat(
                            policy.onTarget(new ConnectRequest(1, Protocol.SOCKS5, CLIENT, role, target))
                                    instanceof Verdict.Allowed)
                    .isEqualTo("ci".equals(role));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "web.tailnet.test, 100.64.0.9, tag:ci, 3000, default",
        "web.tailnet.test, 100.64.0.9, tag:ci, 22, refused: no ssh",
        "evil.tailnet.test, 100.64.0.10, tag:ci, 3000, refused: evil",
        "Web.Tailnet.Test, 100.64.0.9, alice, 8000, people",
        "web.tailnet.test, 100.64.0.9, bob, 8000, refused: rest of 8000",
        "'', 100.64.7.7, '', 3000, refused: net"
    })
    void whatComesInIsJudgedByThePeer(String node, String address, String role, int port, String outcome) {
        Policy policy = enforce(
                Effect.DENY,
                allow("out", "web.tailnet.test"),
                inbound("no ssh", Effect.DENY, port(22), Set.of()),
                inbound("evil", Effect.DENY, List.of(), Set.of(), "evil"),
                inbound("net", Effect.DENY, List.of(), Set.of(), "100.64.7.0/24"),
                inbound("people", Effect.ALLOW, port(8000), Set.of("alice@")),
                inbound("rest of 8000", Effect.DENY, port(8000), Set.of("bob@")));
        var request = new InboundRequest(
                false,
                new InetSocketAddress(address, 50_000),
                node,
                role.isEmpty() ? List.of() : List.of(role),
                new InetSocketAddress("100.64.0.1", port));
        assertThat(outcome(policy.onInbound(request))).isEqualTo(outcome);
        assertThat(policy.isAboutInbound()).isTrue();
        assertThat(enforce(Effect.DENY, allow("out", "*")).isAboutInbound()).isFalse();
        assertThat(outcome(enforce(Effect.DENY, deny("out", "*")).onInbound(request)))
                .as("rules about what goes out are not asked")
                .isEqualTo("default");
    }

    @Test
    void aHostIsJudgedByAllItsNames() {
        Policy policy = enforce(
                Effect.DENY,
                allow("db", "db.tailnet.test"),
                deny("no www", "www.tailnet.test"),
                allow("short", "cache"),
                deny("neither", "web"),
                allow("web", "web.tailnet.test"));
        assertThat(judge(policy, "db", "db.tailnet.test")).isEqualTo("db");
        assertThat(judge(policy, "db", "db.elsewhere.test")).isEqualTo("refused: default");
        assertThat(judge(policy, "www", "www.tailnet.test")).isEqualTo("refused: no www");
        assertThat(judge(policy, "cache.tailnet.test", "cache")).isEqualTo("short");
        assertThat(judge(policy, "web", "web.tailnet.test")).isEqualTo("refused: neither");
        assertThat(judge(policy, "web.tailnet.test", "web")).isEqualTo("refused: neither");
        assertThat(policy.onAddress(request("www", 80), List.of("www.tailnet.test"), PEER, Route.TAILNET))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.message())
                                .startsWith(
                                        "www (100.64.0.9), also called www.tailnet.test, port 80 is denied by rule 'no www'"));
    }

    @ParameterizedTest
    @CsvSource({
        "db, true",
        "cache.tailnet.test, true",
        "cache.elsewhere.test, true",
        "web, false",
        "localhost, false",
        "other, false",
        "www.tailnet.test, false",
        "db.elsewhere.test, false",
        "cache, false"
    })
    void whatMayBeAllowedByAnotherName(String name, boolean may) {
        Policy policy = enforce(
                Effect.DENY,
                allow("db", "db.tailnet.test"),
                deny("no www", "www.tailnet.test"),
                allow("short", "cache"),
                deny("no web", "web", "web.tailnet.test"),
                allow("web", "web.tailnet.test"));
        assertThat(policy.mayAllowByAnotherName(request(name, 80)) && refuses(policy, name))
                .isEqualTo(may);
        assertThat(policy.mayAllowByAnotherName(name) && refuses(policy, name)).isEqualTo(may);
        assertThat(new RulePolicy(base, set(Mode.REPORT, Effect.DENY, allow("all", ".tailnet.test")))
                        .mayAllowByAnotherName(name))
                .isFalse();
    }

    private static boolean refuses(Policy policy, String name) {
        return policy.onTarget(request(name, 80)) instanceof Verdict.Refused;
    }

    @Test
    void anAnswerIsJudgedByNameAndAddress() {
        Policy policy = enforce(
                Effect.DENY,
                allow("db", "db.tailnet.test"),
                allow("outside", ".example.com"),
                deny("block", "203.0.113.0/24"),
                allow("ssh", "198.51.100.0/24"));
        assertThat(answer(policy, "db", "100.64.0.9", Route.TAILNET, "db.tailnet.test"))
                .isEqualTo("db");
        assertThat(answer(policy, "www.example.com", "192.0.2.1", Route.DIRECT)).isEqualTo("outside");
        assertThat(answer(policy, "www.example.com", "203.0.113.7", Route.DIRECT))
                .isEqualTo("refused: block");
        assertThat(answer(policy, "www.example.com", "127.0.0.1", Route.DIRECT)).isEqualTo("refused: loopback");
        assertThat(answer(policy, "www.example.com", "169.254.169.254", Route.DIRECT))
                .isEqualTo("refused: link-local");
        assertThat(answer(policy, "www.example.com", "100.64.0.7", Route.UNOWNED))
                .isEqualTo("refused: tailnet-range");
        assertThat(answer(policy, "www.example.com", "::ffff:127.0.0.1", Route.DIRECT))
                .isEqualTo("refused: loopback");
        assertThat(answer(policy, "other.test", "198.51.100.1", Route.DIRECT)).isEqualTo("ssh");
        assertThat(answer(policy, "other.test", "192.0.2.1", Route.DIRECT)).isEqualTo("refused: default");
        assertThat(answer(new RulePolicy(base, set(Mode.REPORT, Effect.DENY)), "other.test", "127.0.0.1", Route.DIRECT))
                .isEqualTo("default");
    }

    private static String answer(Policy policy, String name, String address, Route route, String... alsoCalled) {
        return outcome(policy.onAnswer(name, List.of(alsoCalled), InetAddress.ofLiteral(address), route));
    }

    private static final InetAddress PEER = InetAddress.ofLiteral("100.64.0.9");

    private static String judge(Policy policy, String asked, String alsoCalled) {
        return outcome(policy.onAddress(request(asked, 80), List.of(alsoCalled), PEER, Route.TAILNET));
    }

    private static List<PortRange> port(int port) {
        return List.of(new PortRange(port, port));
    }

    private static Rule inbound(
            String name, Effect effect, List<PortRange> ports, Set<String> roles, String... entries) {
        Rule rule = rule(name, effect, entries);
        var condition = new Condition(ports, Set.of(), Set.of(), Set.of(), List.of(), roles);
        return new Rule(
                name, rule.where(), Direction.INBOUND, effect, rule.hosts(), rule.cidrs(), condition, Optional.empty());
    }

    private static String judge(Policy policy, String host, String address, Route route) {
        return outcome(policy.onAddress(request(host, 443), List.of(), InetAddress.ofLiteral(address), route));
    }

    private static String outcome(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allowed allowed -> String.valueOf(allowed.rule()).replace("null", "default");
            case Verdict.Refused refused -> "refused: " + refused.rule();
        };
    }

    private RulePolicy enforce(Effect fallback, Rule... rules) {
        return new RulePolicy(base, set(Mode.ENFORCE, fallback, rules));
    }

    private static RuleSet set(Mode mode, Effect fallback, Rule... rules) {
        return new RuleSet("test.yaml", mode, fallback, Effect.ALLOW, Effect.ALLOW, false, false, true, List.of(rules));
    }

    private static Rule allow(String name, String... entries) {
        return rule(name, Effect.ALLOW, entries);
    }

    private static Rule deny(String name, String... entries) {
        return rule(name, Effect.DENY, entries);
    }

    private static Rule rule(String name, Effect effect, String... entries) {
        return new Rule(
                name,
                "line " + name,
                Direction.OUTBOUND,
                effect,
                Arrays.stream(entries)
                        .filter(entry -> entry.indexOf('/') < 0)
                        .map(HostPattern::parse)
                        .toList(),
                Arrays.stream(entries)
                        .filter(entry -> entry.indexOf('/') >= 0)
                        .map(Cidr::parse)
                        .toList(),
                Condition.NONE,
                Optional.empty());
    }

    private static ConnectRequest request(String host, int port) {
        try {
            return new ConnectRequest(1, Protocol.SOCKS5, CLIENT, null, new Target(HostSyntax.parse(host), port));
        } catch (ConnectFailure e) {
            throw new AssertionError(e);
        }
    }
}
