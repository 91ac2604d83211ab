package dev.tailnet.agent.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The script as an interpreter understands it. */
class ProxyPacTest {
    private static final String PROXIES = "PROXY 127.0.0.1:1055; SOCKS5 127.0.0.1:1055";
    private static final JsonMapper JSON = JsonMapper.shared();

    private static final PacScope TAILNET = new PacScope(
            false,
            List.of("tailnet.test", "internal.example.com"),
            List.of("100.64.0.0/10", "fd7a:115c:a1e0::/48", "192.0.2.0/25", "2001:db8:10::/64"));

    /** What the script answers for each host. */
    private static List<String> ask(PacScope scope, String... hosts) throws IOException, InterruptedException {
        var script = new StringBuilder(ProxyPac.script("127.0.0.1:1055", "127.0.0.1:1055", scope));
        for (String host : hosts) {
            script.append("console.log(FindProxyForURL('http://")
                    .append(host)
                    .append("/', '")
                    .append(host)
                    .append("'));\n");
        }
        Process node;
        try {
            node = new ProcessBuilder("node", "-").redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue(false, "node is missing");
            throw e;
        }
        try (var in = node.getOutputStream()) {
            in.write(script.toString().getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(node.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(node.exitValue()).as(output).isZero();
        return output.lines().toList();
    }

    @Test
    void sendsNamesOfTheTailnetToTheProxies() throws Exception {
        assertThat(ask(
                        TAILNET,
                        "web",
                        "web.tailnet.test",
                        "WEB.Tailnet.Test.",
                        "db.internal.example.com",
                        "tailnet.test"))
                .hasSize(5)
                .containsOnly(PROXIES);
    }

    @Test
    void sendsAddressesOfTheTailnetToTheProxies() throws Exception {
        assertThat(ask(
                        TAILNET,
                        "100.64.0.1",
                        "100.127.255.255",
                        "192.0.2.10",
                        "fd7a:115c:a1e0::1",
                        "[fd7a:115c:a1e0:ab12::1]",
                        "2001:db8:10::10"))
                .hasSize(6)
                .containsOnly(PROXIES);
    }

    @Test
    void leavesTheRestAlone() throws Exception {
        assertThat(ask(
                        TAILNET,
                        "example.com",
                        "nottailnet.test",
                        "tailnet.test.example.com",
                        "100.128.0.1",
                        "192.0.2.200",
                        "2001:db8:11::1",
                        "::ffff:1.2.3.4"))
                .hasSize(7)
                .containsOnly("DIRECT");
    }

    @Test
    void sendsAllButThisMachineWhenTheInternetIsReachedThroughTheAgent() throws Exception {
        var everything = new PacScope(true, List.of(), List.of());
        assertThat(ask(everything, "example.com", "198.51.100.1", "2001:db8::1"))
                .containsOnly(PROXIES);
        assertThat(ask(everything, "localhost", "app.localhost", "127.0.0.2", "::1"))
                .containsOnly("DIRECT");
    }

    @Test
    void readsTheScopeOutOfTheNodesAnswers() {
        var scope = PacScope.parse(JSON, bytes("""
                        {"CurrentTailnet": {"MagicDNSSuffix": "tailnet.test"},
                         "Peer": {"nodekey:1": {"PrimaryRoutes": ["192.0.2.0/24"]}, "nodekey:2": {}}}"""), bytes("""
                        {"Domains": ["tailnet.test"], "ExtraRecords": [{"Name": "Wiki.Example.com.", "Value": "192.0.2.1"}],
                         "Routes": {"internal.example.com.": [{}], "64.100.in-addr.arpa.": null}}"""), false, true);
        assertThat(scope)
                .isEqualTo(new PacScope(
                        false,
                        List.of("tailnet.test", "internal.example.com", "wiki.example.com"),
                        List.of("100.64.0.0/10", "fd7a:115c:a1e0::/48", "192.0.2.0/24")));
    }

    @Test
    void anExitNodeCarriesEverything() {
        assertThat(PacScope.parse(JSON, bytes("{\"ExitNodeStatus\": {\"ID\": \"n1\"}}"), bytes("{}"), false, true)
                        .everything())
                .isTrue();
    }

    @Test
    void withoutRoutesOfOthersTheirSubnetsAreNotOurs() {
        var status = bytes("{\"Peer\": {\"nodekey:1\": {\"PrimaryRoutes\": [\"192.0.2.0/24\"]}}}");
        assertThat(PacScope.parse(JSON, status, bytes("{}"), false, false).networks())
                .containsExactly("100.64.0.0/10", "fd7a:115c:a1e0::/48");
    }

    @Test
    void namesProxiesThatThereAre() {
        assertThat(ProxyPac.script(null, "[::1]:1080", TAILNET)).contains("PROXIES = \"SOCKS5 [::1]:1080\";");
        assertThat(ProxyPac.script(null, null, TAILNET)).contains("PROXIES = \"DIRECT\";");
    }

    @Test
    void nothingFromTheControlServerBecomesCode() {
        var hostile = new PacScope(false, List.of("\"];alert(1);[\""), List.of());
        assertThat(ProxyPac.script(null, null, hostile)).contains("DOMAINS = [\"alert1\"]");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
