package dev.tailnet.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.policy.rules.CompiledRules;
import dev.tailnet.proxy.policy.rules.Effect;
import dev.tailnet.proxy.policy.rules.Facts;
import dev.tailnet.proxy.policy.rules.Mode;
import dev.tailnet.proxy.policy.rules.Rule;
import dev.tailnet.proxy.policy.rules.RuleProtocol;
import dev.tailnet.proxy.policy.rules.RuleSet;
import dev.tailnet.proxy.request.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyFileTest {
    @Test
    void byAddressIsAboutWhoAsksForTheAddressItself() {
        var rules = CompiledRules.of(valid("""
                rules:
                  - name: ssh
                    action: allow
                    cidrs: 198.51.100.7
                    by-address: true
                """));
        InetAddress address = InetAddress.ofLiteral("198.51.100.7");
        var usage = new Facts.Usage(22, RuleProtocol.TCP, Route.DIRECT, null, null);
        assertThat(rules.judge(new Facts(null, address, null, usage)).effect()).isEqualTo(Effect.ALLOW);
        assertThat(rules.judge(new Facts("evil.example", address, null, usage)).effect())
                .isEqualTo(Effect.DENY);
        assertThat(rules.foresee(new Facts("evil.example", null, null, usage)).effect())
                .as("nor is the name looked up for it")
                .isEqualTo(Effect.DENY);
        assertThat(PolicyFile.read(
                                "test.yaml",
                                "rules:\n  - {name: x, action: allow, hosts: a.example, by-address: true}\n")
                        .problems())
                .singleElement()
                .asString()
                .contains("by-address is about clients that give no name");
    }

    @Test
    void whatWouldExhaustTheMemoryIsNotRead(@TempDir Path directory) throws IOException {
        Path text = Files.writeString(directory.resolve("long.yaml"), "# " + "x".repeat(3 << 20) + "\nmode: open\n");
        assertThat(PolicyFile.read(text, 256 << 20).problems()).isEmpty();
        assertThat(PolicyFile.read(text, 30 << 20).problems())
                .singleElement()
                .asString()
                .contains("3 MB of rules do not fit into 30 MB", "TAILNET_JAVA_OPTIONS=-Xmx64m");
        Path rules = Files.writeString(directory.resolve("many.yaml"), "rules:\n" + rules(50_000));
        assertThat(PolicyFile.read(rules, 96 << 20).problems()).isEmpty();
        assertThat(PolicyFile.read(rules, 40 << 20).problems())
                .singleElement()
                .asString()
                .contains("2 MB of rules do not fit into 40 MB", "TAILNET_JAVA_OPTIONS=-Xmx64m");
    }

    @Test
    void readsEveryKey() {
        RuleSet rules = valid("""
                mode: report
                default: allow
                private-direct: allow
                require-name: yes
                denied-names: nxdomain
                close-denied: false
                rules:
                  - name: no uploads
                    action: deny
                    hosts: [files.example.com, "*.cdn.example.com"]
                    cidrs: 198.51.100.0/24
                    ports: [80, 8000-8999]
                    routes: [direct, exit-node]
                    protocols: http
                    methods: [post, PUT]
                    paths: /upload
                    roles: [ci]
                    require-name: false
                """);
        assertThat(rules.mode()).isEqualTo(Mode.REPORT);
        assertThat(rules.fallback()).isEqualTo(Effect.ALLOW);
        assertThat(rules.privateDirect()).isEqualTo(Effect.ALLOW);
        assertThat(rules.requireName()).isTrue();
        assertThat(rules.hideNames()).isTrue();
        assertThat(rules.endDenied()).isFalse();
        Rule rule = rules.rules().getFirst();
        assertThat(rule.name()).isEqualTo("no uploads");
        assertThat(rule.where()).isEqualTo("test.yaml, line 8");
        assertThat(rule.effect()).isEqualTo(Effect.DENY);
        assertThat(rule.hosts()).extracting(Object::toString).containsExactly("files.example.com", "*.cdn.example.com");
        assertThat(rule.cidrs()).extracting(Object::toString).containsExactly("198.51.100.0/24");
        assertThat(rule.condition().ports()).extracting(Object::toString).containsExactly("80", "8000-8999");
        assertThat(rule.condition().routes())
                .containsExactlyInAnyOrder(Route.DIRECT, Route.UPSTREAM_PROXY, Route.EXIT_NODE);
        assertThat(rule.condition().protocols()).containsExactly(RuleProtocol.HTTP);
        assertThat(rule.condition().methods()).containsExactlyInAnyOrder("POST", "PUT");
        assertThat(rule.condition().paths()).extracting(Object::toString).containsExactly("/upload");
        assertThat(rule.condition().roles()).containsExactly("ci");
        assertThat(rule.requireName()).contains(false);
    }

    @Test
    void whatIsNotSaidIsTheStricterOne() {
        RuleSet rules = valid("rules:\n  - {action: allow, hosts: example.com}\n");
        assertThat(rules.mode()).isEqualTo(Mode.ENFORCE);
        assertThat(rules.fallback()).isEqualTo(Effect.DENY);
        assertThat(rules.privateDirect()).isEqualTo(Effect.DENY);
        assertThat(rules.endDenied()).isTrue();
        assertThat(rules.rules().getFirst().name()).isEqualTo("rule-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*.example.com", "[*.example.com]", "*example"})
    void aStarNeedsQuotes(String hosts) {
        assertThat(PolicyFile.read("test.yaml", "rules:\n  - action: deny\n    hosts: " + hosts + "\n")
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.toString())
                        .startsWith("line 3, column 1")
                        .endsWith("what begins with * has to stand in quotes, as in '*.example.com'"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            value = {
                "rules:\\n\\t- action: deny, indent with spaces",
                "rules:\\n  - name: x\\n    action deny\\n, a key without a colon",
                "rules:\\n  - name: a: b\\n, put a value that has a colon in quotes",
                "mode: \"enforce\\n, a quote that is not closed",
                "rules: [{action: deny}\\n, a bracket that is not closed",
                "rules:\\n  - name: x\\n   action: deny\\n, not indented like those it belongs to",
                "mode: open\\nmode: open\\n, mode was given before"
            })
    void saysInWordsWhatIsNoYaml(String text, String words) {
        assertThat(PolicyFile.read("test.yaml", text.translateEscapes())
                        .problems()
                        .getLast())
                .asString()
                .contains(words);
    }

    @Test
    void saysOneThingOfEachMistakeAndCountsEveryRule() {
        assertThat(PolicyFile.read("test.yaml", """
                        rules:
                          - hosts: [a.example]
                          - {action: deny, hosts: ["a b"]}
                          - {hosts: [a.example]}
                        """).problems())
                .extracting(PolicyProblem::toString)
                .containsExactly(
                        "line 2, column 5: rule 'rule-1' has no action: write action: allow or action: deny",
                        "line 3, column 28: hosts: the host 'a b' has a character that no host name has",
                        "line 4, column 5: rule 'rule-3' has no action: write action: allow or action: deny");
    }

    @Test
    void saysAllThatIsWrongByLineAndColumn() {
        assertThat(PolicyFile.read("test.yaml", """
                        mode: enforced
                        defualt: deny
                        rules:
                          - name: one
                            hosts: [ok.example, "a b"]
                            ports: [http, 443]
                          - name: two
                            action: allow
                            cidrs: 10.0.0.1/8
                            hosts: []
                          - name: two
                            action: deny
                            routes: internet
                          - nonsense
                        """).problems())
                .extracting(PolicyProblem::toString)
                .containsExactly(
                        "line 1, column 7: mode: 'enforced' is none of open, report, enforce",
                        "line 2, column 1: unknown key 'defualt': a policy has mode, default, default-inbound, private-direct, require-name,"
                                + " denied-names, close-denied and rules",
                        "line 5, column 25: hosts: the host 'a b' has a character that no host name has",
                        "line 6, column 13: ports: 'http' is neither a port nor a range like 8000-8999",
                        "line 4, column 5: rule 'one' has no action: write action: allow or action: deny",
                        "line 9, column 12: cidrs: '10.0.0.1/8' has bits beyond its prefix: write 10.0.0.0/8",
                        "line 10, column 13: hosts is an empty list: leave the key out for no restriction",
                        "line 13, column 13: routes: 'internet' is none of tailnet, subnet, exit-node, direct",
                        "line 11, column 5: rule 'two' has the name of the one at test.yaml, line 7",
                        "line 14, column 5: a rule has keys, the first of them name");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "- a", "text", "mode: [", "mode: enforce\n---\nmode: open\n", "mode: open\nmode: open\n"})
    void whatIsNoPolicyIsAProblem(String text) {
        assertThat(PolicyFile.read("test.yaml", text).problems()).isNotEmpty();
    }

    @Test
    void readsAHundredThousandRules() {
        assertThat(valid("rules:\n" + rules(100_000)).rules()).hasSize(100_000);
    }

    private static String rules(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "- {name: r" + i + ", action: deny, hosts: [host" + i + ".example.com]}\n")
                .collect(Collectors.joining());
    }

    private static RuleSet valid(String text) {
        PolicyDocument document = PolicyFile.read("test.yaml", text);
        assertThat(document.problems()).isEqualTo(List.of());
        return document.rules();
    }
}
