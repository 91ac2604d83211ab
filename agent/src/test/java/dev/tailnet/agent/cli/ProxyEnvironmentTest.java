package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.config.Listeners;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProxyEnvironmentTest {
    private static final ProxyAddresses BOTH =
            new ProxyAddresses(Optional.of("127.0.0.1:1055"), Optional.of("127.0.0.1:1055"));

    private static Map<String, String> of(ProxyAddresses proxies) {
        return new ProxyEnvironment(proxies, true, true).variables(Map.of());
    }

    @Test
    void namesEachProxyInBothCases() {
        var variables = of(BOTH);
        assertThat(variables)
                .containsEntry("HTTP_PROXY", "http://127.0.0.1:1055")
                .containsEntry("HTTPS_PROXY", "http://127.0.0.1:1055")
                .containsEntry("ALL_PROXY", "socks5h://127.0.0.1:1055")
                .containsEntry("NO_PROXY", "localhost,127.0.0.1,::1")
                .containsEntry("NODE_USE_ENV_PROXY", "1");
        for (var name : List.of("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")) {
            assertThat(variables).containsEntry(name.toLowerCase(java.util.Locale.ROOT), variables.get(name));
        }
    }

    @Test
    void leavesOutWhatIsNotWanted() {
        assertThat(new ProxyEnvironment(BOTH, false, false).variables(Map.of()))
                .containsKey("HTTPS_PROXY")
                .doesNotContainKeys("ALL_PROXY", "all_proxy", "JAVA_TOOL_OPTIONS");
    }

    @Test
    void addsToTheOptionsForJavaAndReplacesItsOwn() {
        var environment = new ProxyEnvironment(BOTH, true, true);
        var first = environment.variables(Map.of("JAVA_TOOL_OPTIONS", "-Xmx64m -Dhttp.proxyHost=old -Da=b"));
        assertThat(first)
                .containsEntry(
                        "JAVA_TOOL_OPTIONS",
                        "-Xmx64m -Da=b -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=1055"
                                + " -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=1055");
        assertThat(environment.variables(first)).isEqualTo(first);
    }

    @Test
    void withoutAnHttpListenerOnlySocksIsNamed() {
        assertThat(of(new ProxyAddresses(Optional.empty(), Optional.of("[::1]:1080"))))
                .containsEntry("ALL_PROXY", "socks5h://[::1]:1080")
                .doesNotContainKeys("HTTP_PROXY", "https_proxy", "JAVA_TOOL_OPTIONS");
        assertThat(of(new ProxyAddresses(Optional.of("[::1]:3128"), Optional.empty())))
                .containsEntry("ALL_PROXY", "http://[::1]:3128")
                .containsEntry(
                        "JAVA_TOOL_OPTIONS",
                        "-Dhttp.proxyHost=::1 -Dhttp.proxyPort=3128 -Dhttps.proxyHost=::1 -Dhttps.proxyPort=3128");
    }

    @Test
    void theAddressesAreThoseOfTheRunningAgent() throws Exception {
        assertThat(ProxyAddresses.of(Json.parse("""
                        {"listeners": [{"kind": "socks5", "address": "127.0.0.1:1080"},
                                       {"kind": "http", "address": "[::]:3128"},
                                       {"kind": "http", "address": "127.0.0.1:3129"}]}""")))
                .isEqualTo(new ProxyAddresses(Optional.of("[::1]:3128"), Optional.of("127.0.0.1:1080")));
        assertThat(ProxyAddresses.of(Json.parse("{\"listeners\": []}")).isEmpty())
                .isTrue();
    }

    @Test
    void aMixedListenerIsPreferred() throws Exception {
        assertThat(ProxyAddresses.of(Json.parse("""
                        {"listeners": [{"kind": "http", "address": "127.0.0.1:3128"},
                                       {"kind": "mixed", "address": "0.0.0.0:1055"}]}"""))).isEqualTo(BOTH);
    }

    @Test
    void aPortYetToBePickedIsNone() {
        var listeners = new Listeners(
                List.of(new InetSocketAddress("127.0.0.1", 0)), List.of(), List.of(), List.of(), Optional.empty());
        assertThat(ProxyAddresses.of(listeners).isEmpty()).isTrue();
    }
}
