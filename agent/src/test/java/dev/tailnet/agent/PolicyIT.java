package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.NetworkOptions;
import dev.tailnet.testnet.PeerOptions;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.DnsServer;
import dev.tailnet.testnet.fixture.PageServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Internet access under a policy file, as operators use it and as curl sees it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicyIT {
    private static final Duration AT_ONCE = Duration.ofSeconds(5);
    private static final Duration RELOAD = Duration.ofSeconds(20);

    private static final String APIS = """
            mode: enforce
            default: deny
            rules:
              - name: no ads
                action: deny
                hosts: ads.outside.test
              - name: apis
                action: allow
                hosts: ['*.outside.test']
              - name: tailnet
                action: allow
                routes: [tailnet, subnet]
            """;

    private TestNetwork network;
    private AgentProcess agent;
    private DnsServer hostDns;
    private PageServer peerPage;
    private PageServer directPage;
    private Path policy;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        hostDns = new DnsServer(InetAddress.ofLiteral("127.0.0.1"), 53)
                .with("api.outside.test", TestAddresses.DIRECT_HOST_IPV4)
                .with("ads.outside.test", TestAddresses.DIRECT_HOST_IPV4)
                .with("other.test", TestAddresses.DIRECT_HOST_IPV4)
                .with("metadata.outside.test", InetAddress.ofLiteral("169.254.169.254"));
        peerPage = new PageServer(InetAddress.ofLiteral("127.0.0.1"), "the peer");
        directPage = new PageServer(TestAddresses.DIRECT_HOST_IPV4, "the internet");
        network = TestNetwork.start(NetworkOptions.defaults());
        network.startPeer("web", PeerOptions.plain());
        policy = Files.writeString(directory.resolve("policy.yaml"), APIS);
        agent = AgentProcess.in(network, "box")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments("--policy=" + policy)
                .startAndAwaitRunning();
    }

    @AfterAll
    void stop() {
        Stream.of(agent, network, hostDns, peerPage, directPage).forEach(PolicyIT::close);
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private String url(String host) {
        return "http://" + host + ":" + directPage.port() + "/";
    }

    @Test
    void scenarioOfAnAllowList() throws IOException {
        use(APIS);
        assertThat(agent.overHttp(url("api.outside.test")).output()).isEqualTo("the internet");
        assertThat(agent.overSocks(url("API.outside.test.")).output()).isEqualTo("the internet");
        assertThat(agent.overHttp("http://web:" + peerPage.port()).output()).isEqualTo("the peer");

        Curl denied = plain(url("other.test"));
        assertThat(denied.errors()).contains("HTTP/1.1 403 Forbidden", "error=http_request_denied");
        assertThat(denied.output()).contains("other.test", "allowed by no rule", "policy.yaml", "Do not retry");
        assertThat(denied.took()).isLessThan(AT_ONCE);
        assertThat(plain(url("ads.outside.test")).output()).contains("rule 'no ads'", "policy.yaml, line 4");
        assertThat(plain(url("other.test"), "-A", "Mozilla/5.0 (X11)", "-H", "Accept: text/html")
                        .output())
                .startsWith("<!doctype html>")
                .contains("allowed by no rule");

        Curl socks = agent.overSocks(url("ads.outside.test"));
        assertThat(socks.exitCode()).isEqualTo(97);
        assertThat(socks.took()).isLessThan(AT_ONCE);
        assertThat(agent.overHttp(url("ads.outside.test")).errors()).contains("CONNECT tunnel failed, response 403");
        assertThat(plain(url("198.51.100.10")).output()).contains("allowed by no rule");
        assertThat(plain("http://metadata.outside.test/").output()).contains("link-local");
        agent.awaitLog("rule=default", "rule=no ads", "outcome=NOT_ALLOWED");
    }

    @Test
    void scenarioOfABlockListAndOfReporting() throws IOException {
        use(
                "default: allow\nrules:\n  - {name: blocked, action: deny, hosts: [.outside.test], cidrs: [203.0.113.0/24]}\n");
        assertThat(agent.overHttp(url("other.test")).output()).isEqualTo("the internet");
        assertThat(plain(url("api.outside.test")).output()).contains("rule 'blocked'");

        use("mode: report\ndefault: deny\nrules: []\n");
        assertThat(agent.overHttp(url("api.outside.test")).output()).isEqualTo("the internet");
        agent.awaitLog("outcome=ESTABLISHED rule=default would_deny=\"api.outside.test");
    }

    /** In the heap that the distribution gives the agent, each with conditions of its own; old ones that stayed would not fit. */
    @Test
    void aHundredThousandRulesTakeThePlaceOfAsMany(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("many.yaml"), manyRules("first"));
        try (var many = AgentProcess.in(network, "many")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .javaOptions(
                        "@" + Path.of("../packaging/src/dist/lib/jvm.options").toAbsolutePath())
                .arguments("--policy=" + file)
                .startAndAwaitRunning()) {
            for (String name : List.of("second", "third", "fourth")) {
                Files.writeString(file, manyRules(name));
                assertThat(many.verb("policy", "reload").output()).contains("100,000 rules");
                assertThat(many.verb("policy", "test", "host77777.many.test:17778", "--role=user-77777")
                                .output())
                        .contains("denied by " + name + "-77777");
            }
            assertThat(many.verb("policy", "explain").output()).contains("and 99000 more");
        }
    }

    private static String manyRules(String name) {
        return IntStream.range(0, 100_000)
                .mapToObj(i -> "  - {name: " + name + "-" + i + ", action: deny, hosts: host" + i
                        + ".many.test, ports: " + (1 + i % 60_000) + ", roles: user-" + i + "}\n")
                .collect(Collectors.joining("", "default: allow\nrules:\n", ""));
    }

    @Test
    void scenarioOfTheTailnetOnly() throws IOException {
        use("rules:\n  - {name: tailnet, action: allow, routes: [tailnet, subnet]}\n");
        assertThat(agent.overHttp("http://web:" + peerPage.port()).output()).isEqualTo("the peer");
        assertThat(plain(url("api.outside.test")).output()).contains("allowed by no rule");
    }

    @Test
    void aWrongFileLeavesTheOldPolicyInForce() throws IOException {
        use(APIS);
        Files.writeString(policy, APIS + "  - name: broken\n    action: perhaps\n");
        Eventually.get(RELOAD, agent::log, log -> log.contains("policy.yaml line 14, column 13: action: 'perhaps'"));
        assertThat(plain(url("ads.outside.test")).output()).contains("rule 'no ads'");
        var said = agent.verb("policy", "reload");
        assertThat(said.exitCode()).isEqualTo(ExitCode.USAGE.code());
        assertThat(said.output())
                .startsWith("tailnet-agent: policy not reloaded, the old one stays in force.")
                .contains("action: 'perhaps'");
        assertThat(agent.verb("policy", "check", policy.toString()))
                .satisfies(check -> assertThat(check.exitCode()).isEqualTo(ExitCode.USAGE.code()))
                .satisfies(check -> assertThat(check.output()).contains("line 14, column 13", "'perhaps' is none of"));
    }

    @Test
    void theVerbsTellWhatIsDecidedAndWhy() throws IOException {
        use(APIS);
        assertThat(agent.verb("policy", "test", "api.outside.test:443").output())
                .contains("api.outside.test:443: allowed by apis", "198.51.100.10 (direct): allowed by apis");
        assertThat(agent.verb("policy", "test", "ads.outside.test:443"))
                .satisfies(test -> assertThat(test.exitCode()).isEqualTo(ExitCode.DENIED_BY_POLICY.code()))
                .satisfies(test -> assertThat(test.output()).contains("denied by no ads"));
        assertThat(agent.verb("policy", "test", "web:80").output()).contains("(tailnet): allowed by tailnet");
        assertThat(agent.verb("policy", "test", "0x7f.1:80").output()).contains("denied by loopback");
        assertThat(agent.verb("policy", "test", "api.outside.test:443", "--protocol=htp"))
                .satisfies(test -> assertThat(test.exitCode()).isEqualTo(ExitCode.USAGE.code()))
                .satisfies(test -> assertThat(test.output()).contains("the protocol 'htp' is none of tcp, udp, http"));
        assertThat(agent.verb("policy", "test", "api.outside.test:443", "--protocol=udp", "--method=GET"))
                .satisfies(test -> assertThat(test.output()).contains("ask for the protocol http"));
        assertThat(agent.verb("policy", "test", "nosuch.outside.test:443").output())
                .contains("allowed by apis", "by its name alone: nosuch.outside.test has no address (system)");
        assertThat(agent.verb("policy", "test", "nowhere").output())
                .isEqualToIgnoringNewLines("tailnet-agent: 'nowhere' is not of the form host:port");
        assertThat(agent.verb("policy", "learn", policy.toString()))
                .satisfies(test -> assertThat(test.exitCode()).isEqualTo(ExitCode.USAGE.code()))
                .satisfies(test -> assertThat(test.output()).contains("none of its lines is JSON"));
        assertThat(agent.verb("policy", "explain").output())
                .contains("rules are enforced", "no ads: ads.outside.test", "What is left is denied.");
        assertThat(agent.verb("policy", "check", policy.toString()).output()).contains("is valid: 3 rules");
    }

    @Test
    void whatAReportedRunHasShownCanBeEnforced(@TempDir Path directory) throws IOException {
        Path rules = Files.writeString(
                directory.resolve("learned.yaml"),
                "mode: report\ndefault: deny\nrules:\n  - {name: no ads, action: deny, hosts: [ads.outside.test]}\n");
        Path log = directory.resolve("audit.log");
        try (var learning = AgentProcess.in(network, "learning")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments("--policy=" + rules, "--audit-log=" + log)
                .startAndAwaitRunning()) {
            learning.awaitPeer("web");
            String peer = "http://web:" + peerPage.port();
            assertThat(learning.overHttp(url("api.outside.test")).output()).isEqualTo("the internet");
            assertThat(learning.overSocks(peer).output()).isEqualTo("the peer");
            assertThat(learning.overHttp(url("ads.outside.test")).output()).isEqualTo("the internet");
            var learned = Eventually.get(
                    RELOAD,
                    () -> learning.verb("policy", "learn", log.toString()),
                    said -> said.output().contains("ads.outside.test"));
            assertThat(learned.output())
                    .contains(
                            "Left out, as it was denied: ads.outside.test port " + directPage.port() + ", rule no ads");

            Files.writeString(rules, learned.output());
            assertThat(learning.verb("policy", "reload").exitCode()).isZero();
            assertThat(learning.overHttp(url("api.outside.test")).output()).isEqualTo("the internet");
            assertThat(learning.overSocks(peer).output()).isEqualTo("the peer");
            assertThat(learning.overHttp(url("ads.outside.test")).errors()).contains("response 403");
            assertThat(learning.overHttp(url("other.test")).errors()).contains("response 403");
            assertThat(learning.overHttp("http://api.outside.test:1/").errors()).contains("response 403");
        }
    }

    private Curl plain(String url, String... arguments) {
        return Curl.run(
                Stream.concat(Stream.of("-x", "http://127.0.0.1:" + agent.proxyPort(), url), Stream.of(arguments))
                        .toArray(String[]::new));
    }

    /** Puts another file in the place of the old one, as editors do, and waits for the agent to have read it. */
    private void use(String text) throws IOException {
        String marked = text + "# " + System.nanoTime() + "\n";
        Path draft = Files.writeString(policy.resolveSibling("draft"), marked);
        int before = reloads();
        Files.move(draft, policy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Eventually.get(RELOAD, this::reloads, count -> count > before);
    }

    private int reloads() {
        return agent.log().split("policy reloaded: ", -1).length;
    }
}
