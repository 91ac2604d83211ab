package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.policy.rules.Effect;
import dev.tailnet.proxy.policy.rules.Mode;
import dev.tailnet.proxy.policy.rules.Rule;
import dev.tailnet.proxy.policy.rules.RuleSet;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicySettingsTest {
    private static final String ONE_RULE = """
            mode: report
            default: allow
            rules:
              - name: ads
                action: deny
                hosts: ads.example.com
            """;

    @TempDir
    private Path directory;

    @Test
    void withoutAnyThereAreNoRules() {
        PolicySettings none = Load.with().settings().policy();
        assertThat(none.rules()).isEqualTo(RuleSet.NONE);
        assertThat(none.file()).isEmpty();
    }

    @Test
    void aFileIsReadFromEverySource() throws Exception {
        var file = Files.writeString(directory.resolve("policy.yaml"), ONE_RULE);
        assertOneRule(
                Load.with().flag(Setting.POLICY, file.toString()).settings().policy(), file);
        assertOneRule(
                Load.with()
                        .variable("TAILNET_POLICY", file.toString())
                        .settings()
                        .policy(),
                file);
        assertOneRule(Load.with().file(directory, "policy: " + file).settings().policy(), file);
    }

    @Test
    void rulesMayStandInTheConfigurationItself() {
        var yaml = "hostname: box\npolicy:\n" + ONE_RULE.indent(2) + "internet: deny\n";
        var settings = Load.with().file(directory, yaml).settings();
        assertOneRule(settings.policy(), directory.resolve("agent.yaml"));
        assertThat(settings.internet()).isEqualTo(Internet.DENY);
        assertThat(settings.policy().rules().rules().getFirst().where()).endsWith("agent.yaml, line 6");
    }

    private static void assertOneRule(PolicySettings policy, Path file) {
        assertThat(policy.file()).contains(file);
        assertThat(policy.rules().mode()).isEqualTo(Mode.REPORT);
        assertThat(policy.rules().rules()).extracting(Rule::name).containsExactly("ads");
    }

    @Test
    void anAllowListOfFlagsAllowsNothingElse() {
        RuleSet rules = Load.with()
                .flag(Setting.ALLOW_HOSTS, ".internal.example.com,.ts.net", "*.example.org")
                .variable("TAILNET_ALLOW_CIDRS", "10.0.0.0/8")
                .flag(Setting.BLOCK_HOSTS, "ads.example.org")
                .settings()
                .policy()
                .rules();
        assertThat(rules.mode()).isEqualTo(Mode.ENFORCE);
        assertThat(rules.fallback()).isEqualTo(Effect.DENY);
        assertThat(rules.privateDirect()).isEqualTo(Effect.DENY);
        assertThat(rules.rules()).extracting(Rule::name).containsExactly("block-hosts", "allow-hosts", "allow-cidrs");
        assertThat(rules.rules().get(1).hosts())
                .extracting(Object::toString)
                .containsExactly(".internal.example.com", ".ts.net", "*.example.org");
        assertThat(rules.rules().get(1).where()).isEqualTo("--allow-hosts (flag)");
    }

    @Test
    void aBlockListOfFlagsLeavesTheRestAsItWas() {
        RuleSet rules = Load.with()
                .flag(Setting.BLOCK_HOSTS, ".ads.example")
                .flag(Setting.BLOCK_CIDRS, "198.51.100.0/24")
                .settings()
                .policy()
                .rules();
        assertThat(rules.fallback()).isEqualTo(Effect.ALLOW);
        assertThat(rules.privateDirect()).isEqualTo(Effect.ALLOW);
    }

    @Test
    void flagsAddToAFile() throws Exception {
        var file = Files.writeString(directory.resolve("policy.yaml"), ONE_RULE);
        RuleSet rules = Load.with()
                .flag(Setting.POLICY, file.toString())
                .flag(Setting.BLOCK_HOSTS, "more.example")
                .flag(Setting.PRIVATE_DIRECT, "allow")
                .settings()
                .policy()
                .rules();
        assertThat(rules.rules()).extracting(Rule::name).containsExactly("block-hosts", "ads");
        assertThat(rules.mode()).isEqualTo(Mode.REPORT);
        assertThat(rules.privateDirect()).isEqualTo(Effect.ALLOW);
    }

    @Test
    void allProblemsAreToldWithTheirPlace() throws Exception {
        var file = Files.writeString(directory.resolve("policy.yaml"), "mode: strict\nrules:\n  - name: x\n");
        assertThat(Load.with()
                        .flag(Setting.POLICY, file.toString())
                        .flag(Setting.ALLOW_HOSTS, "a b")
                        .flag(Setting.BLOCK_CIDRS, "10.0.0.1/8")
                        .flag(Setting.PRIVATE_DIRECT, "maybe")
                        .problems())
                .containsExactlyInAnyOrder(
                        "policy.yaml line 1, column 7: mode: 'strict' is none of open, report, enforce",
                        "policy.yaml line 3, column 5: rule 'x' has no action: write action: allow or action: deny",
                        "--allow-hosts (flag): the host 'a b' has a character that no host name has",
                        "--block-cidrs (flag): '10.0.0.1/8' has bits beyond its prefix: write 10.0.0.0/8",
                        "--private-direct (flag): 'maybe' is none of allow, deny");
        assertThat(Load.with().flag(Setting.POLICY, "/nowhere/policy.yaml").problems())
                .containsExactly("--policy (flag): /nowhere/policy.yaml does not exist");
        assertThat(Load.with()
                        .file(directory, "policy:\n  mode: strict\nallow-hosts: [*.example.com]\n")
                        .problems())
                .hasSize(2)
                .anySatisfy(problem -> assertThat(problem).startsWith("agent.yaml line 2, column 9: mode:"))
                .anySatisfy(problem -> assertThat(problem).contains("in quotes, as in '*.example.com'"));
    }
}
