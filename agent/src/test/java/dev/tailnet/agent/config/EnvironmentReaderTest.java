package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentReaderTest {

    @Test
    void readsTheNamesOfTailscalesContainerImage() {
        var settings = Load.with()
                .variable("TS_AUTH_KEY", "tskey-2")
                .variable("TS_HOSTNAME", "box")
                .variable("TS_STATE_DIR", "/var/lib/box")
                .variable("TS_SOCKS5_SERVER", "localhost:1080")
                .variable("TS_OUTBOUND_HTTP_PROXY_LISTEN", "localhost:3128")
                .variable("TS_LOCAL_ADDR_PORT", "127.0.0.1:9003")
                .variable("TS_USERSPACE", "true")
                .variable("TS_AUTH_ONCE", "true")
                .variable("TS_ACCEPT_DNS", "false")
                .variable("TS_ENABLE_METRICS", "true")
                .variable("TS_ENABLE_HEALTH_CHECK", "true");
        var configuration = settings.load();
        assertThat(configuration.warnings()).isEmpty();
        var node = configuration.settings().node();
        assertThat(node.credential()).map(Credential::source).contains("TS_AUTH_KEY (environment)");
        assertThat(node.hostname()).isEqualTo("box");
        assertThat(node.stateDir()).contains(Path.of("/var/lib/box"));
        assertThat(node.ephemeral()).isFalse();
        assertThat(node.preferences().acceptDns()).isFalse();
        var listeners = configuration.settings().listeners();
        assertThat(listeners.socks5()).containsExactly(new InetSocketAddress("127.0.0.1", 1080));
        assertThat(listeners.http()).containsExactly(new InetSocketAddress("127.0.0.1", 3128));
        assertThat(listeners.status()).contains(new InetSocketAddress("127.0.0.1", 9003));
    }

    @Test
    void theFirstOfTwoNamesForTheKeyWins() {
        var configuration = Load.with()
                .variable("TS_AUTH_KEY", "second")
                .variable("TS_AUTHKEY", "first")
                .load();
        assertThat(configuration.settings().node().credential())
                .map(Load::secret)
                .contains(Secret.of("first"));
        assertThat(configuration.exposed()).containsExactlyInAnyOrder(Secret.of("first"), Secret.of("second"));
    }

    @Test
    void emptyRoutesAreNoneRatherThanThoseOfTheState() {
        var unset = Load.with().settings().node().preferences();
        var empty = Load.with().variable("TS_ROUTES", "").settings().node().preferences();
        var some = Load.with()
                .variable("TS_ROUTES", "10.0.0.0/8,fd00::/64")
                .settings()
                .node()
                .preferences();
        assertThat(unset.unsaid()).contains(Setting.ADVERTISE_ROUTES);
        assertThat(empty.unsaid()).doesNotContain(Setting.ADVERTISE_ROUTES);
        assertThat(empty.advertiseRoutes()).isEmpty();
        assertThat(some.advertiseRoutes()).containsExactly("10.0.0.0/8", "fd00::/64");
    }

    @Test
    void kernelModeIsRefused() {
        assertThat(Load.with().variable("TS_USERSPACE", "false").problems())
                .singleElement()
                .asString()
                .startsWith("TS_USERSPACE (environment): ");
    }

    @ParameterizedTest
    @CsvSource({
        "TS_SERVE_CONFIG, /x",
        "TS_KUBE_SECRET, x",
        "TS_DEST_IP, 10.0.0.1",
        "TS_TAILNET_TARGET_IP, 100.64.0.1",
        "TS_TAILNET_TARGET_FQDN, a.b",
        "TS_HEALTHCHECK_ADDR_PORT, 1",
        "TS_DEBUG_ADDR_PORT, 1",
        "TS_AUTH_ONCE, false",
        "TS_ENABLE_METRICS, false",
        "TS_NEVER_HEARD_OF, 1",
        "TAILNET_NEVER_HEARD_OF, 1"
    })
    void warnsByNameOfWhatHasNoEffect(String name, String value) {
        assertThat(Load.with().variable(name, value).load().warnings())
                .singleElement()
                .asString()
                .startsWith(name + " (environment): ");
    }

    @Test
    void suggestsTheNameThatWasMeant() {
        assertThat(Load.with().variable("TS_SOCKS_SERVER", "1080").load().warnings())
                .containsExactly("TS_SOCKS_SERVER (environment): unknown, and ignored; did you mean TS_SOCKS5_SERVER?");
        assertThat(Load.with().variable("TAILNET_LISTN", "1080").load().warnings())
                .containsExactly("TAILNET_LISTN (environment): unknown, and ignored; did you mean TAILNET_LISTEN?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TS_DEBUG_USE_DERP_HTTP",
                "TS_NO_LOGS_NO_SUPPORT",
                "TS_ASSUME_NETWORK_UP_FOR_TEST",
                "TAILNET_LIBRARY",
                "PATH",
                "HTTPS_PROXY"
            })
    void passesWhatTheLibraryReadsItself(String name) {
        assertThat(Load.with().variable(name, "1").load().warnings()).isEmpty();
    }

    @Test
    void warnsThatAMissingHostMeansLoopback() {
        assertThat(Load.with().variable("TS_SOCKS5_SERVER", ":1080").load().warnings())
                .singleElement()
                .asString()
                .contains("127.0.0.1 only", "0.0.0.0:1080");
    }
}
