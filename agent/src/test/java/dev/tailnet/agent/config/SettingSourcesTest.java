package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.proxy.auth.Users;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each setting by default and from each source. */
class SettingSourcesTest {
    @TempDir
    private Path directory;

    @Test
    void aProblemNamesTheFlagAsItWasWritten() {
        var flags = new Flags(
                Map.of(Setting.LOGIN_SERVER, List.of("nonsense")),
                Map.of(Setting.LOGIN_SERVER, "--control-url"),
                List.of());
        assertThatThrownBy(() -> Configuration.load(flags, Map.of())).hasMessageStartingWith("--control-url (flag): ");
    }

    @Test
    void authKey() {
        assertEverySource(
                Setting.AUTH_KEY,
                settings -> settings.node().credential().map(Load::secret),
                Optional.empty(),
                "tskey-auth-1",
                Optional.of(Secret.of("tskey-auth-1")));
    }

    @Test
    void authKeyFile() throws Exception {
        var file = Files.writeString(directory.resolve("key"), " tskey-auth-2\n");
        assertEverySource(
                Setting.AUTH_KEY_FILE,
                settings -> settings.node().credential().map(Load::secret),
                Optional.empty(),
                file.toString(),
                Optional.of(Secret.of("tskey-auth-2")));
    }

    @Test
    void loginServer() {
        assertEverySource(
                Setting.LOGIN_SERVER,
                settings -> settings.node().loginServer(),
                URI.create("https://controlplane.tailscale.com"),
                "http://headscale:8080",
                URI.create("http://headscale:8080"));
    }

    @Test
    void hostname() {
        assertEverySource(
                Setting.HOSTNAME, settings -> settings.node().hostname(), HostName.ofHost(), "sandbox-1", "sandbox-1");
    }

    @Test
    void advertiseTags() {
        assertEverySource(
                Setting.ADVERTISE_TAGS,
                settings -> settings.node().tags(),
                List.of(),
                "tag:ci, tag:web",
                List.of("tag:ci", "tag:web"));
    }

    @Test
    void ephemeral() {
        assertEverySource(Setting.EPHEMERAL, settings -> settings.node().ephemeral(), true, "true", true);
    }

    @Test
    void stateDir() {
        var state = directory.resolve("state");
        assertEverySource(
                Setting.STATE_DIR,
                settings -> settings.node().stateDir(),
                Optional.empty(),
                state.toString(),
                Optional.of(state));
    }

    @Test
    void acceptRoutes() {
        assertEverySource(Setting.ACCEPT_ROUTES, settings -> settings.node().acceptRoutes(), true, "false", false);
    }

    @Test
    void listen() {
        assertEverySource(
                Setting.LISTEN,
                settings -> settings.listeners().mixed(),
                List.of(new InetSocketAddress("127.0.0.1", 1055)),
                "1056",
                List.of(new InetSocketAddress("127.0.0.1", 1056)));
    }

    @Test
    void socks5Listen() {
        assertEverySource(
                Setting.SOCKS5_LISTEN,
                settings -> settings.listeners().socks5(),
                List.of(),
                "localhost:1080",
                List.of(new InetSocketAddress("127.0.0.1", 1080)));
    }

    @Test
    void httpListen() {
        assertEverySource(
                Setting.HTTP_LISTEN,
                settings -> settings.listeners().http(),
                List.of(),
                "[::1]:3128",
                List.of(new InetSocketAddress("::1", 3128)));
    }

    @Test
    void dnsListen() {
        assertEverySource(
                Setting.DNS_LISTEN,
                settings -> settings.listeners().dns(),
                List.of(),
                "1053",
                List.of(new InetSocketAddress("127.0.0.1", 1053)));
    }

    @Test
    void statusListen() {
        assertEverySource(
                Setting.STATUS_LISTEN,
                settings -> settings.listeners().status(),
                Optional.of(new InetSocketAddress("127.0.0.1", 9002)),
                "none",
                Optional.empty());
    }

    @Test
    void forward() {
        assertEverySource(
                Setting.FORWARD,
                Settings::forwards,
                List.of(),
                "5432=db:5432",
                List.of(ForwardSettings.parse("tcp:127.0.0.1:5432=db:5432")));
    }

    @Test
    void usersFile() throws Exception {
        var file = Files.writeString(directory.resolve("users"), "ci:" + UsersFileTest.HASH + "\n");
        assertEverySource(
                Setting.USERS_FILE,
                settings -> settings.users().map(Users::names),
                Optional.empty(),
                file.toString(),
                Optional.of(Set.of("ci")));
    }

    @Test
    void maxConnections() {
        assertEverySource(Setting.MAX_CONNECTIONS, settings -> settings.limits().connections(), 10_000, "500", 500);
    }

    @Test
    void maxConnectionsPerClient() {
        assertEverySource(
                Setting.MAX_CONNECTIONS_PER_CLIENT,
                settings -> settings.limits().connectionsPerClient(),
                0,
                "20",
                20);
    }

    @Test
    void handshakeTimeout() {
        assertEverySource(
                Setting.HANDSHAKE_TIMEOUT,
                settings -> settings.limits().handshake(),
                Duration.ofSeconds(10),
                "500ms",
                Duration.ofMillis(500));
    }

    @Test
    void dialTimeout() {
        assertEverySource(
                Setting.DIAL_TIMEOUT,
                settings -> settings.limits().dial(),
                Duration.ofSeconds(15),
                "1m",
                Duration.ofMinutes(1));
    }

    @Test
    void idleTimeout() {
        assertEverySource(
                Setting.IDLE_TIMEOUT, settings -> settings.limits().idle(), Duration.ZERO, "2h", Duration.ofHours(2));
    }

    @Test
    void maxHeaderSize() {
        assertEverySource(Setting.MAX_HEADER_SIZE, settings -> settings.limits().headerSize(), 32_768, "64k", 65_536);
    }

    @Test
    void expose() {
        assertEverySource(
                Setting.EXPOSE,
                Settings::exposed,
                List.of(),
                "3000,from=tag:ci,udp:5353",
                List.of(ExposeSpec.parse("3000,from=tag:ci"), ExposeSpec.parse("udp:5353")));
    }

    @Test
    void internet() {
        assertEverySource(Setting.INTERNET, Settings::internet, Internet.DIRECT, "deny", Internet.DENY);
    }

    @Test
    void exitNode() {
        assertEverySource(
                Setting.EXIT_NODE,
                settings -> settings.node().exitNode(),
                Optional.empty(),
                "gate.tailnet.test",
                Optional.of("gate.tailnet.test"));
    }

    @Test
    void anExitNodeIsForTheInternet() {
        var exitNode = Load.with().flag(Setting.EXIT_NODE, "100.64.0.9");

        assertThat(exitNode.settings().internet())
                .as("follows the exit node, which may be given up later")
                .isEqualTo(Internet.DIRECT);
        assertThat(exitNode.flag(Setting.INTERNET, "exit-node").settings().internet())
                .isEqualTo(Internet.EXIT_NODE);
        assertThat(exitNode.flag(Setting.INTERNET, "direct").problems())
                .singleElement()
                .asString()
                .contains("--internet", "leave out");
        assertThat(Load.with().flag(Setting.INTERNET, "exit-node").problems())
                .singleElement()
                .asString()
                .contains("--exit-node=NAME");
        assertThat(Load.with().flag(Setting.EXIT_NODE, "not a node").problems())
                .singleElement()
                .asString()
                .contains("neither a peer's name nor its address");
    }

    @Test
    void drainTimeout() {
        assertEverySource(
                Setting.DRAIN_TIMEOUT, Settings::drainTimeout, Duration.ofSeconds(10), "1m30s", Duration.ofSeconds(90));
    }

    @Test
    void runtimeDir() {
        assertEverySource(
                Setting.RUNTIME_DIR,
                Settings::runtimeDir,
                RuntimeDirectory.defaultFor(java.util.Map.of()),
                "/run/other",
                Path.of("/run/other"));
    }

    @Test
    void socket() {
        assertEverySource(
                Setting.SOCKET,
                settings -> settings.localApi().path(),
                RuntimeDirectory.defaultFor(Map.of()).resolve("tailscaled.sock"),
                "/run/tailscale/tailscaled.sock",
                Path.of("/run/tailscale/tailscaled.sock"));
    }

    @Test
    void theSocketIsInTheRuntimeDirectoryUnlessItIsElsewhere() {
        var load = Load.with().flag(Setting.RUNTIME_DIR, "/run/other");

        assertThat(load.settings().localApi().path()).isEqualTo(Path.of("/run/other/tailscaled.sock"));
        assertThat(load.variable("TS_SOCKET", "/tmp/tailscaled.sock")
                        .settings()
                        .localApi()
                        .path())
                .isEqualTo(Path.of("/tmp/tailscaled.sock"));
    }

    @Test
    void operator() {
        assertEverySource(
                Setting.OPERATOR,
                settings -> settings.localApi().operator(),
                Optional.empty(),
                "alice",
                Optional.of("alice"));
        assertThat(Load.with()
                        .flag(Setting.OPERATOR, "1000")
                        .settings()
                        .localApi()
                        .operator())
                .contains("1000");
        assertThat(Load.with().flag(Setting.OPERATOR, "al ice").problems())
                .singleElement()
                .asString()
                .contains("--operator", "neither the name nor the number of a user");
    }

    @Test
    void socketOthers() {
        assertEverySource(
                Setting.SOCKET_OTHERS,
                settings -> settings.localApi().others(),
                OtherUsers.READ,
                "none",
                OtherUsers.NONE);
    }

    @Test
    void theRuntimeDirectoryIsForOthersOnlyIfTheyMayDoSomething() {
        var none = Load.with().flag(Setting.SOCKET_OTHERS, "none");

        assertThat(Load.with().settings().localApi().isShared()).isTrue();
        assertThat(none.settings().localApi().isShared()).isFalse();
        assertThat(none.flag(Setting.OPERATOR, "alice").settings().localApi().isShared())
                .isTrue();
    }

    @Test
    void logLevel() {
        assertEverySource(Setting.LOG_LEVEL, Settings::logLevel, LogLevel.INFO, "Debug", LogLevel.DEBUG);
    }

    @Test
    void logFormat() {
        assertEverySource(Setting.LOG_FORMAT, Settings::logFormat, LogFormat.TEXT, "json", LogFormat.JSON);
    }

    private <T> void assertEverySource(
            Setting setting, Function<Settings, T> value, T standard, String text, T expected) {
        assertThat(value.apply(Load.with().settings())).as("default").isEqualTo(standard);
        assertThat(value.apply(Load.with().flag(setting, text).settings()))
                .as("flag")
                .isEqualTo(expected);
        assertThat(value.apply(Load.with().variable(setting.variable(), text).settings()))
                .as("variable")
                .isEqualTo(expected);
        var yaml = setting.key() + ": \"" + text + "\"\n";
        assertThat(value.apply(Load.with().file(directory, yaml).settings()))
                .as("file")
                .isEqualTo(expected);
    }
}
