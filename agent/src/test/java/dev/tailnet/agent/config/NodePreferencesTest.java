package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the node does: by flag, environment, file, and in tailscale's own forms. */
class NodePreferencesTest {
    @TempDir
    private Path directory;

    @Test
    void byDefaultTheStateMayHaveItOtherwise() {
        var preferences = Load.with().settings().node().preferences();
        assertThat(preferences.acceptDns()).isTrue();
        assertThat(preferences.shieldsUp()).isEmpty();
        assertThat(preferences.port()).isZero();
        assertThat(preferences.unsaid()).hasSize(8);
    }

    @Test
    void whatAFileGivesIsSaid() {
        var preferences = Load.with()
                .file(
                        directory,
                        "accept-dns: false\nshields-up: auto\nadvertise-routes: [10.0.0.0/8, 192.168.1.0/24]\nport: 41641\n")
                .settings()
                .node()
                .preferences();
        assertThat(preferences.acceptDns()).isFalse();
        assertThat(preferences.shieldsUp()).isEmpty();
        assertThat(preferences.advertiseRoutes()).containsExactly("10.0.0.0/8", "192.168.1.0/24");
        assertThat(preferences.port()).isEqualTo(41641);
        assertThat(preferences.unsaid())
                .doesNotContain(Setting.ACCEPT_DNS, Setting.SHIELDS_UP, Setting.ADVERTISE_ROUTES)
                .contains(Setting.HOSTNAME, Setting.EXIT_NODE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"10.1.2.3/16", "10.0.0.0", "10.0.0.0/33", "0.0.0.0/0", "::/0", "127.0.0.0/8", "fe80::/64", "x/8"
            })
    void whatCannotBeAdvertisedIsAProblem(String route) {
        assertThat(Load.with().flag(Setting.ADVERTISE_ROUTES, route).problems())
                .singleElement()
                .asString()
                .startsWith("--advertise-routes (flag): '" + route + "'");
    }

    @Test
    void aTagMayGoWithoutItsPrefix() {
        assertThat(Load.with()
                        .flag(Setting.ADVERTISE_TAGS, "ci,tag:web")
                        .settings()
                        .node()
                        .tags())
                .containsExactly("tag:ci", "tag:web");
    }

    @ParameterizedTest
    @CsvSource({
        "--statedir=/var/lib/x --port=41641, /var/lib/x, 41641",
        "--state=/var/lib/y/tailscaled.state --tun=userspace-networking, /var/lib/y, 0",
        "-port 1 --no-logs-no-support --statedir /var/lib/z, /var/lib/z, 1"
    })
    void tailscaledsArgumentsAreTaken(String arguments, Path stateDir, int port) {
        var load = Load.with().variable("TS_TAILSCALED_EXTRA_ARGS", arguments);
        assertThat(load.load().warnings()).isEmpty();
        assertThat(load.settings().node().stateDir()).contains(stateDir);
        assertThat(load.settings().node().preferences().port()).isEqualTo(port);
    }

    @Test
    void tailscaledsListenersAreTaken() {
        var listeners = Load.with()
                .variable(
                        "TS_TAILSCALED_EXTRA_ARGS",
                        "--socks5-server=localhost:1080 --outbound-http-proxy-listen=localhost:3128")
                .settings()
                .listeners();
        assertThat(listeners.socks5()).singleElement().hasToString("localhost/127.0.0.1:1080");
        assertThat(listeners.http()).singleElement().hasToString("localhost/127.0.0.1:3128");
    }

    @Test
    void whatTailscaledDoesAndTheAgentDoesNotIsNamed() {
        assertThat(Load.with()
                        .variable("TS_TAILSCALED_EXTRA_ARGS", "--verbose=1 --debug=localhost:1")
                        .load()
                        .warnings())
                .containsExactly(
                        "--verbose (TS_TAILSCALED_EXTRA_ARGS): not supported, and ignored: use --log-level",
                        "--debug (TS_TAILSCALED_EXTRA_ARGS): not supported, and ignored");
        assertThat(Load.with()
                        .variable("TS_TAILSCALED_EXTRA_ARGS", "--tun=tailscale0 --state=kube:x --stat")
                        .problems())
                .hasSize(3);
    }

    @Test
    void theStateIsResetByTheFlagAlone() {
        assertThat(Load.with()
                        .flag(Setting.RESET_STATE, "true")
                        .flag(Setting.STATE_DIR, directory.toString())
                        .settings()
                        .node()
                        .preferences()
                        .resetState())
                .isTrue();
        assertThat(Load.with().flag(Setting.RESET_STATE, "true").problems())
                .containsExactly("--reset-state (flag): there is no state to reset: give --state-dir as well");
        assertThat(Load.with()
                        .variable("TAILNET_RESET_STATE", "true")
                        .flag(Setting.STATE_DIR, directory.toString())
                        .problems())
                .singleElement()
                .asString()
                .contains("lost at every start");
    }
}
