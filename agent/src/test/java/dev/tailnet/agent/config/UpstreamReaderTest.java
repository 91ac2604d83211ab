package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.dial.upstream.UpstreamProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpstreamReaderTest {
    private static final String URL = "http://box:s3cret%40@proxy.example:3128";
    private static final String PASSWORD = "s3cret@";

    @TempDir
    private Path directory;

    @Test
    void thereIsNoneByDefaultWhateverTheEnvironmentSays() {
        var configuration = Load.with().variable("HTTPS_PROXY", URL).load();
        assertThat(configuration.settings().upstream()).isEmpty();
        assertThat(configuration.print()).doesNotContain("upstream");
    }

    @Test
    void carriesDirectAndControlTrafficByDefault() {
        var upstream = upstream(Load.with().flag(Setting.UPSTREAM_PROXY, "socks5h://[::1]"));
        assertThat(upstream.proxy()).hasToString("socks5://[::1]:1080");
        assertThat(upstream.proxy().credentials()).isNull();
        assertThat(upstream.direct()).isTrue();
        assertThat(upstream.control()).isTrue();
        assertThat(upstream.noProxy()).isEmpty();
    }

    @Test
    void hasItsUsesAndExemptions() {
        var upstream = upstream(Load.with().file(directory, """
                        upstream-proxy: proxy.example:3128
                        upstream-proxy-for: control
                        upstream-no-proxy: [.example.com, 10.0.0.0/8]
                        """));
        assertThat(upstream.proxy()).hasToString("http://proxy.example:3128");
        assertThat(upstream.direct()).isFalse();
        assertThat(upstream.control()).isTrue();
        assertThat(upstream.noProxy()).containsExactly(".example.com", "10.0.0.0/8");
    }

    @Test
    void aPasswordOnTheCommandLineIsWarnedOfScrubbedAndMasked() {
        var configuration = Load.with().flag(Setting.UPSTREAM_PROXY, URL).load();
        assertThat(configuration.settings().upstream().orElseThrow().proxy().credentials())
                .isEqualTo(new UpstreamProxy.Credentials("box", PASSWORD));
        assertThat(configuration.warnings())
                .singleElement()
                .asString()
                .startsWith("--upstream-proxy (flag): ")
                .contains("--upstream-proxy-file");
        assertThat(configuration.exposed()).containsExactly(Secret.of("box:s3cret%40@proxy.example:3128"));
        assertThat(configuration.print())
                .contains("upstream-proxy: \"http://box:********@proxy.example:3128\"  # --upstream-proxy (flag)");
        assertThat(configuration.toString() + configuration.print() + configuration.warnings())
                .doesNotContain("s3cret");
    }

    @Test
    void comesFromAFileThatMayHoldThePassword() throws Exception {
        var file = Files.writeString(directory.resolve("proxy"), URL + "\n");
        for (var load : new Load[] {
            Load.with().flag(Setting.UPSTREAM_PROXY_FILE, file.toString()),
            Load.with().flag(Setting.UPSTREAM_PROXY, "file:" + file),
            Load.with().variable("TAILNET_UPSTREAM_PROXY", "file:" + file)
        }) {
            var configuration = load.load();
            assertThat(configuration.settings().upstream().map(UpstreamSettings::proxy))
                    .map(proxy -> Optional.ofNullable(proxy.credentials()))
                    .contains(Optional.of(new UpstreamProxy.Credentials("box", PASSWORD)));
            assertThat(configuration.warnings()).isEmpty();
            assertThat(configuration.exposed()).isEmpty();
            assertThat(configuration.print()).contains(file.toString()).doesNotContain("s3cret");
        }
    }

    @Test
    void comesFromASystemdCredentialWhenNothingElseGivesOne() throws Exception {
        Files.writeString(directory.resolve("upstream-proxy"), URL);
        var load = Load.with().variable("CREDENTIALS_DIRECTORY", directory.toString());
        assertThat(upstream(load).source()).isEqualTo("upstream-proxy (systemd credential)");
        load.flag(Setting.UPSTREAM_PROXY, "http://other:3128");
        assertThat(upstream(load).proxy()).hasToString("http://other:3128");
    }

    @Test
    void isTheEnvironmentsOnRequestWithItsExemptions() {
        var load = Load.with()
                .flag(Setting.UPSTREAM_PROXY, "env")
                .variable("ALL_PROXY", "socks5://third:1080")
                .variable("http_proxy", "http://second:3128")
                .variable("https_proxy", "http://first:3128")
                .variable("no_proxy", "localhost, .example.com <local>");
        var configuration = load.load();
        var upstream = configuration.settings().upstream().orElseThrow();
        assertThat(upstream.proxy()).hasToString("http://first:3128");
        assertThat(upstream.source()).isEqualTo("https_proxy (environment)");
        assertThat(upstream.noProxy()).containsExactly("localhost", ".example.com");
        assertThat(configuration.warnings()).singleElement().asString().startsWith("no_proxy (environment): '<local>'");

        load.flag(Setting.UPSTREAM_NO_PROXY, "10.0.0.0/8");
        assertThat(upstream(load).noProxy()).containsExactly("10.0.0.0/8");
    }

    @Test
    void anEnvironmentWithoutOneIsWarnedOf() {
        var configuration = Load.with().flag(Setting.UPSTREAM_PROXY, "env").load();
        assertThat(configuration.settings().upstream()).isEmpty();
        assertThat(configuration.warnings()).singleElement().asString().contains("HTTPS_PROXY, HTTP_PROXY, ALL_PROXY");
    }

    @Test
    void saysWhatIsWrongWithoutThePassword() {
        assertProblem("https://box:s3cret@proxy:443", "over TLS");
        assertProblem("ftp://box:s3cret@proxy:21", "'ftp' is no way to speak to a proxy");
        assertProblem("http://box:s3cret@proxy:port", "is not of the form host:port");
        assertProblem("http://box:s3cret%@proxy:3128", "%25");
        assertProblem("http://box:********@proxy:3128", "--print-config");
        assertThat(Load.with()
                        .flag(Setting.UPSTREAM_PROXY, "http://proxy:3128")
                        .flag(Setting.UPSTREAM_PROXY_FOR, "direct,dns")
                        .flag(Setting.UPSTREAM_NO_PROXY, "10.0.0.0/33")
                        .problems())
                .hasSize(2)
                .anyMatch(problem -> problem.contains("'dns' is none of direct, control"))
                .anyMatch(problem -> problem.contains("'10.0.0.0/33'"));
    }

    private static void assertProblem(String url, String words) {
        assertThat(Load.with().flag(Setting.UPSTREAM_PROXY, url).problems())
                .singleElement()
                .asString()
                .startsWith("--upstream-proxy (flag): ")
                .contains(words)
                .doesNotContain("s3cret");
    }

    @Test
    void aUrlAndAFileFromOneSourceConflict() {
        assertThat(Load.with()
                        .flag(Setting.UPSTREAM_PROXY, "http://proxy:3128")
                        .flag(Setting.UPSTREAM_PROXY_FILE, "/dev/null")
                        .problems())
                .anyMatch(problem -> problem.contains("conflicts with --upstream-proxy-file (flag)"));
    }

    @Test
    void theAgentIsNotItsOwnProxyHoweverItIsSpelled() {
        for (var self : new String[] {
            "localhost:1055",
            "http://127.0.0.1:1055",
            "socks5://[::1]:1055",
            "http://0.0.0.0:1055",
            "http://a.LOCALHOST.:1055"
        }) {
            assertThat(Load.with().flag(Setting.UPSTREAM_PROXY, self).problems())
                    .as(self)
                    .singleElement()
                    .asString()
                    .startsWith("--upstream-proxy (flag): ")
                    .contains("is this agent itself");
        }
        assertThat(upstream(Load.with().flag(Setting.UPSTREAM_PROXY, "localhost:3128"))
                        .proxy())
                .hasToString("http://localhost:3128");
    }

    @Test
    void anEnvironmentThatNamesTheAgentIsIgnoredWithAWarning() {
        var configuration = Load.with()
                .flag(Setting.UPSTREAM_PROXY, "env")
                .variable("HTTPS_PROXY", "http://localhost:1055")
                .load();
        assertThat(configuration.settings().upstream()).isEmpty();
        assertThat(configuration.warnings())
                .containsExactly(
                        "HTTPS_PROXY (environment): http://localhost:1055 is this agent itself, and is ignored");
    }

    @Test
    void itsOtherSettingsAloneAreWarnedOf() {
        assertThat(Load.with()
                        .flag(Setting.UPSTREAM_NO_PROXY, "example.com")
                        .load()
                        .warnings())
                .containsExactly("--upstream-no-proxy (flag): means nothing without --upstream-proxy, and is ignored");
    }

    @Test
    void whatIsPrintedCanBeRead() {
        var first = Load.with()
                .flag(Setting.UPSTREAM_PROXY, "socks5://proxy.example")
                .flag(Setting.UPSTREAM_PROXY_FOR, "direct")
                .flag(Setting.UPSTREAM_NO_PROXY, "*.example.com", "[::1]:80")
                .load();
        var expected = first.settings().upstream().orElseThrow();
        var actual = upstream(Load.with().file(directory, first.print()));
        assertThat(actual)
                .isEqualTo(new UpstreamSettings(
                        expected.proxy(), actual.source(), expected.noProxy(), expected.direct(), expected.control()));
        assertThat(actual.control()).isFalse();
    }

    private static UpstreamSettings upstream(Load load) {
        return load.settings().upstream().orElseThrow();
    }
}
