package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.testnet.AuthKeyOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Workspaces that keep their identity: what the drop-in of the unit sets, by the environment alone. */
class ScenarioCIT extends OnTestNetwork {
    private static final String RUN = "exec tailnet-agent run";

    private Path home(String name) {
        return network.directory().resolve(name).resolve("home/coder");
    }

    private Map<String, String> dropIn(String name, Map<String, String> more) {
        var settings = new HashMap<String, String>();
        settings.put("TS_STATE_DIR", home(name) + "/.config/tailnet-agent");
        settings.put("TS_HOSTNAME", name);
        settings.putAll(more);
        return settings;
    }

    @Test
    void aWorkspaceKeepsItsIdentityAndReachesAnother() throws Exception {
        assumeTrue(Program.find("python3").isPresent(), "python3 is missing");
        var commands = CommandLines.in(network.directory());
        var exposing = dropIn(
                "first",
                Map.of("TAILNET_EXPOSE", "3000", "TAILNET_LISTEN", "127.0.0.1:0", "TS_LOCAL_ADDR_PORT", "127.0.0.1:0"));
        String identity;
        try (var first = Boot.start(network, commands, home("first"), RUN, exposing)) {
            first.await("tailnet-agent status", "needs-login");
            assertThat(first.run("tailnet-agent up --timeout=30s --auth-key="
                                    + network.createAuthKey(AuthKeyOptions.singleUse()))
                            .exitCode())
                    .isZero();
            first.await("tailnet-agent wait --timeout=30s && echo up", "up");
            identity = first.run("tailnet-agent ip -4").ok();
            assertThat(first.stop()).isZero();
        }
        var second = dropIn(
                "second",
                Map.of(
                        "TS_SOCKS5_SERVER",
                        "localhost:1080",
                        "TS_OUTBOUND_HTTP_PROXY_LISTEN",
                        "localhost:3128",
                        "TS_AUTHKEY",
                        network.createAuthKey(AuthKeyOptions.singleUse())));
        Path files = Files.createDirectories(home("first").resolve("files"));
        Files.writeString(files.resolve("hello"), "from the first");
        Process server = Program.named("python3", files)
                .start(
                        files.resolve("log"),
                        "-m",
                        "http.server",
                        "--bind",
                        "127.0.0.1",
                        "--directory",
                        files.toString(),
                        "3000");
        try (var rebuilt = Boot.start(network, commands, home("first"), RUN, exposing);
                var other = Boot.start(network, commands, home("second"), RUN, second)) {
            rebuilt.await("tailnet-agent wait --timeout=30s && echo up", "up");
            assertThat(rebuilt.run("tailnet-agent ip -4").ok()).isEqualTo(identity);
            assertThat(network.nodes())
                    .filteredOn(node -> node.givenName().startsWith("first"))
                    .hasSize(1);

            other.await("tailnet-agent wait --timeout=30s && echo up", "up");
            other.await("curl -sS -m 5 -x socks5h://localhost:1080 http://first:3000/hello", "from the first");
            other.await("curl -sS -m 5 -x http://localhost:3128 http://first:3000/hello", "from the first");
            other.await("curl -sS -m 5 -x http://localhost:1055 http://first:3000/hello", "from the first");
            assumeTrue(Program.find("proxychains4").isPresent(), "proxychains4 is missing");
            Files.writeString(
                    home("second").resolve("proxychains.conf"),
                    "strict_chain\nproxy_dns\n[ProxyList]\nsocks5 127.0.0.1 1080\n");
            assertThat(other.run("proxychains4 -q -f proxychains.conf curl -sS http://first:3000/hello")
                            .ok())
                    .isEqualTo("from the first");
        } finally {
            server.destroy();
            server.waitFor();
        }
    }
}
