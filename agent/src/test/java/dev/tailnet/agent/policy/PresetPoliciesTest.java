package dev.tailnet.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.policy.BasePolicy;
import dev.tailnet.proxy.policy.Internet;
import dev.tailnet.proxy.policy.OwnListeners;
import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.RulePolicy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.policy.rules.CompiledRules;
import dev.tailnet.proxy.policy.rules.RuleReview;
import dev.tailnet.proxy.policy.rules.RuleSet;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The policies that the distribution brings along, and those that the documents show. */
class PresetPoliciesTest {
    private static final Path PRESETS = Path.of("../packaging/src/dist/policies");
    private static final List<Path> DOCUMENTS = List.of(Path.of("../README.md"), Path.of("../docs/policy.md"));
    private static final Pattern YAML_BLOCK = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Pattern POLICY = Pattern.compile("^rules:", Pattern.MULTILINE);
    private static final Pattern LEARNED =
            Pattern.compile("^\\$ tailnet-agent policy learn [^#\n]*\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final InetAddress SOMEWHERE = InetAddress.ofLiteral("198.51.100.7");

    @Test
    void eachIsValidAndHasNoRuleInVain() throws IOException {
        try (var files = Files.list(PRESETS)) {
            List<Path> presets = files.toList();
            assertThat(presets).hasSizeGreaterThanOrEqualTo(3);
            for (Path preset : presets) {
                isValidAndHasNoRuleInVain(Files.readString(preset));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tailnet-only, db.internal:5432, TAILNET, true",
        "tailnet-only, db.internal:5432, SUBNET, true",
        "tailnet-only, www.example.com:443, DIRECT, false",
        "tailnet-only, www.example.com:443, EXIT_NODE, false",
        "package-registries, pypi.org:443, DIRECT, true",
        "package-registries, pypi.org:80, DIRECT, false",
        "package-registries, deb.debian.org:80, DIRECT, true",
        "package-registries, evil.pypi.org:443, DIRECT, false",
        "package-registries, www.example.com:443, DIRECT, false",
        "package-registries, db.internal:5432, TAILNET, true",
        "block-list, www.example.com:443, DIRECT, true",
        "block-list, x.ads.example:443, DIRECT, false",
        "block-list, ads.example:443, DIRECT, false",
        "block-list, sub.tracker.example:443, DIRECT, true"
    })
    void decides(String preset, String target, Route route, boolean allowed) throws Exception {
        Policy policy = policy(Files.readString(PRESETS.resolve(preset + ".yaml")));
        assertThat(isAllowed(policy, target, route)).isEqualTo(allowed);
    }

    /** Whatever stands there for readers to copy; and what {@code learn} is shown to print. */
    @Test
    void eachInTheDocumentsIsValidAndHasNoRuleInVain() throws IOException {
        for (Path document : DOCUMENTS) {
            List<String> policies = blocks(YAML_BLOCK, document).stream()
                    .filter(POLICY.asPredicate())
                    .toList();
            assertThat(policies).as(document.toString()).isNotEmpty();
            assertThat(policies).allSatisfy(PresetPoliciesTest::isValidAndHasNoRuleInVain);
        }
        assertThat(blocks(LEARNED, Path.of("../docs/policy.md")))
                .singleElement()
                .satisfies(PresetPoliciesTest::isValidAndHasNoRuleInVain);
    }

    private static List<String> blocks(Pattern pattern, Path document) throws IOException {
        return pattern.matcher(Files.readString(document))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    private static void isValidAndHasNoRuleInVain(String policy) {
        assertThat(RuleReview.of(CompiledRules.of(rules(policy)))).as(policy).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "api.example.com:443, true",
        "api.example.com:80, false",
        "a.internal.example.com:8080, true",
        "x.tracker.example:443, false",
        "mirror.example.com:80, false"
    })
    void theExampleOfTheReadmeDecides(String target, boolean allowed) throws Exception {
        String readme = Files.readString(Path.of("../README.md"));
        int start = readme.indexOf("# policy.yaml, for --policy");
        Policy policy = policy(readme.substring(start, readme.indexOf("```", start)));
        assertThat(isAllowed(policy, target, Route.DIRECT)).isEqualTo(allowed);
    }

    private static boolean isAllowed(Policy policy, String target, Route route) throws ConnectFailure {
        var client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        var request = new ConnectRequest(1, ConnectRequest.Protocol.SOCKS5, client, null, Target.parse(target));
        return policy.onTarget(request) instanceof Verdict.Allowed
                && policy.onAddress(request, List.of(), SOMEWHERE, route) instanceof Verdict.Allowed;
    }

    private static Policy policy(String text) {
        return new RulePolicy(new BasePolicy(Internet.DIRECT, new OwnListeners(List::of)), rules(text));
    }

    private static RuleSet rules(String text) {
        PolicyDocument document = PolicyFile.read("preset", text);
        assertThat(document.problems()).isEmpty();
        return document.rules();
    }
}
