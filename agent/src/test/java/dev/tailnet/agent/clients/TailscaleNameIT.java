package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.testnet.Binaries;
import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.PeerOptions;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command line under the name tailscale, and the real one, before the same tailscaled: they say the same. */
class TailscaleNameIT extends OnTestNetwork {
    private Path home;
    private Peer peer;
    private Program ours;
    private Program real;

    @BeforeAll
    void startPeers() {
        home = network.directory();
        peer = network.startPeer("near");
        Peer other = network.startPeer("far", PeerOptions.plain().withTags("tag:test"));
        assertThat(other.ipv4()).isNotEmpty();
        // Both ends have packets behind them, so that the counters stand still.
        assertThat(peer.tailscale("ping", "--until-direct=false", "-c", "1", "far")
                        .exitCode())
                .isZero();
        ours = CommandLines.in(home).tailscale(home);
        real = Program.at(Binaries.tailscale(), home);
        for (Program program : new Program[] {ours, real}) {
            program.with(network.nodeEnvironment());
        }
    }

    private Program.Run run(Program program, String arguments) {
        return program.run(("--socket=" + peer.socket() + " " + arguments).split(" "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ip",
                "ip -4",
                "ip -6",
                "ip -1",
                "ip -4 far",
                "ip --assert=100.64.9.9",
                "ip nobody-of-this-name",
                "whois far",
                "whois 100.64.9.9",
                "status --peers=false",
                "status --self=false --peers=false",
                "status -header -peers=false",
                "down extra",
                "ping",
                "set --exit-node=far",
                "up --exit-node-allow-lan-access"
            })
    void sayTheSame(String arguments) {
        var said = run(ours, arguments);
        var expected = run(real, arguments.replace("whois far", "whois " + address("far")));
        assertThat(said.output()).as(said.errors()).isEqualTo(expected.output());
        assertThat(said.exitCode() == 0).as("%s %s", said, expected).isEqualTo(expected.exitCode() == 0);
    }

    private String address(String name) {
        return run(real, "ip -4 " + name).ok().strip();
    }

    @Test
    void statusHasTheSameColumns() {
        assertThat(columns(run(ours, "status").ok()))
                .isEqualTo(columns(run(real, "status").ok()));
    }

    /** Without the counters of traffic, which go on. */
    private static String columns(String status) {
        return status.replaceAll("(tx|rx) [0-9]+", "$1 N").replaceAll(" +", " ");
    }

    @Test
    void jsonHasTheSameKeys() {
        assertKeys("status --json");
        assertKeys("whois --json " + address("far"));
        assertKeys("version --json");
    }

    private void assertKeys(String arguments) {
        JsonNode said = JsonMapper.shared().readTree(run(ours, arguments).ok());
        JsonNode expected = JsonMapper.shared().readTree(run(real, arguments).ok());
        assertThat(said.propertyNames()).as(arguments).containsAll(expected.propertyNames());
        if (expected.has("Self")) {
            Collection<String> keys = expected.path("Self").propertyNames();
            assertThat(said.path("Self").propertyNames()).containsExactlyElementsOf(keys);
            assertThat(said.path("Self").path("TailscaleIPs"))
                    .isEqualTo(expected.path("Self").path("TailscaleIPs"));
        }
    }

    @Test
    void pongsLookTheSame() {
        String line =
                "pong from far \\(100\\.64\\.0\\.[0-9]+\\) via (DERP\\(\\w+\\)|[0-9.]+:[0-9]+|\\[.*\\]:[0-9]+) in [0-9]+m?s\n";
        for (Program program : new Program[] {ours, real}) {
            assertThat(run(program, "ping --until-direct=false -c 2 far").ok()).matches("(" + line + "){2}");
            assertThat(run(program, "ping --icmp far").ok())
                    .startsWith("pong from far")
                    .contains(" via ICMP in ");
        }
        assertThat(run(ours, "ping near").output())
                .isEqualTo(run(real, "ping near").output());
    }

    @Test
    void whatOursSetsTheRealOneShows() {
        run(ours, "set --hostname=renamed --accept-routes").ok();
        assertThat(preferences()).containsEntry("Hostname", "renamed").containsEntry("RouteAll", "true");
        run(ours, "set --hostname=near --accept-routes=false").ok();
        assertThat(preferences()).containsEntry("Hostname", "near").containsEntry("RouteAll", "false");

        run(ours, "down").ok();
        assertThat(run(ours, "status").output())
                .isEqualTo(run(real, "status").output())
                .isEqualTo("Tailscale is stopped.\n");
        run(ours, "up --timeout=30s").ok();
        assertThat(run(real, "status --json").ok()).contains("\"BackendState\": \"Running\"");
    }

    private Map<String, String> preferences() {
        JsonNode prefs = JsonMapper.shared().readTree(run(real, "debug prefs").ok());
        return Map.of(
                "Hostname", prefs.path("Hostname").asString(),
                "RouteAll", prefs.path("RouteAll").asString());
    }

    @Test
    void bothRefuseToLoseSettings() {
        run(real, "set --advertise-routes=10.9.0.0/16").ok();
        try {
            for (Program program : new Program[] {ours, real}) {
                var refused = run(program, "up --accept-dns=true");
                assertThat(refused.exitCode()).isNotZero();
                assertThat(refused.errors()).contains("--accept-dns", "--advertise-routes=10.9.0.0/16");
            }
        } finally {
            run(ours, "set --advertise-routes=").ok();
        }
    }
}
