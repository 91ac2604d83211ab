package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP clients, with http:// and https://, each told of the proxies by its environment alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(Tailnet.Provider.class)
class HttpClientsIT {
    private static final String PAGE = "the page of the peer";

    private final Tailnet tailnet;
    private WebServer plain;
    private WebServer secure;
    private Path home;

    @SuppressWarnings("NullAway.Init")
    HttpClientsIT(Tailnet tailnet) {
        this.tailnet = tailnet;
    }

    @BeforeAll
    void start() throws IOException {
        home = tailnet.folder();
        Path root = tailnet.folder();
        Files.writeString(root.resolve("page"), PAGE);
        Files.writeString(root.resolve("index.html"), PAGE);
        plain = new WebServer(root, null);
        secure = new WebServer(root, tailnet.certificate().server());
    }

    @AfterAll
    void stop() {
        plain.close();
        secure.close();
    }

    private String url(String scheme) {
        var port = scheme.equals("https") ? secure.port() : plain.port();
        return scheme + "://" + Tailnet.HOST + ":" + port + "/page";
    }

    private Program client(String name) {
        return Program.named(name, home).with(tailnet.environment());
    }

    private String certificate() {
        return tailnet.certificate().pem().toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void curl(String scheme) {
        assertThat(client("curl")
                        .run("-sS", "--cacert", certificate(), url(scheme))
                        .ok())
                .isEqualTo(PAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void curlUploads(String scheme) throws IOException {
        var file = Files.write(home.resolve("upload-" + scheme), new byte[3_000_000]);
        assertThat(client("curl")
                        .run("-sS", "--cacert", certificate(), "-T", file.toString(), url(scheme))
                        .ok())
                .isEqualTo("3000000 bytes");
    }

    @Test
    void curlOverSocks() {
        var environment = tailnet.environment();
        var curl = Program.named("curl", home).with("all_proxy", environment.getOrDefault("all_proxy", ""));
        assertThat(curl.run("-sS", url("http")).ok()).isEqualTo(PAGE);
    }

    /** In the words of README. */
    @ParameterizedTest
    @ValueSource(strings = {"bash", "dash", "zsh"})
    void curlInAShell(String shell) throws IOException {
        var script = "eval \"$(tailnet-agent env)\" && curl -sS --cacert '" + certificate() + "' " + url("https");
        var run = Program.named(shell, home)
                .with("PATH", tailnet.path())
                .with("TAILNET_RUNTIME_DIR", tailnet.agent().runtimeDir().toString())
                .run("-c", script);
        assertThat(run.ok()).isEqualTo(PAGE);
        assertThat(run.errors()).isEmpty();
    }

    @Test
    void curlInFish() throws IOException {
        var script = "tailnet-agent env --format fish | source; and curl -sS --cacert '" + certificate() + "' "
                + url("https");
        var run = Program.named("fish", home)
                .with("PATH", tailnet.path())
                .with("TAILNET_RUNTIME_DIR", tailnet.agent().runtimeDir().toString())
                .run("-c", script);
        assertThat(run.ok()).isEqualTo(PAGE);
    }

    @Test
    void nodesFetch() {
        var supported = client("node")
                .run("-p", "process.allowedNodeEnvironmentFlags.has('--use-env-proxy')")
                .ok();
        assumeTrue(supported.strip().equals("true"), "node 22.21, 24.5 or newer is missing");
        for (var scheme : new String[] {"http", "https"}) {
            var script = "fetch(process.argv[1]).then(r => r.text()).then(t => process.stdout.write(t))";
            assertThat(client("node")
                            .with("NODE_EXTRA_CA_CERTS", certificate())
                            .run("-e", script, url(scheme))
                            .ok())
                    .isEqualTo(PAGE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void pythonsUrllib(String scheme) {
        var script = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode(), end='')";
        assertThat(client("python3")
                        .with("SSL_CERT_FILE", certificate())
                        .run("-c", script, url(scheme))
                        .ok())
                .isEqualTo(PAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void pythonsRequests(String scheme) {
        assumeTrue(client("python3").run("-c", "import requests").exitCode() == 0, "Python's requests is missing");
        var script = "import sys, requests; print(requests.get(sys.argv[1], timeout=30).text, end='')";
        assertThat(client("python3")
                        .with("REQUESTS_CA_BUNDLE", certificate())
                        .run("-c", script, url(scheme))
                        .ok())
                .isEqualTo(PAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"java.net.http", "java.net.URL"})
    void java(String api) {
        var java = Program.at(Path.of(System.getProperty("java.home"), "bin", "java"), home)
                .with(tailnet.environment());
        for (var scheme : new String[] {"http", "https"}) {
            var run = java.run(
                    "-Djavax.net.ssl.trustStore=" + tailnet.certificate().trustStore(),
                    "-Djavax.net.ssl.trustStorePassword=" + Certificate.PASSWORD,
                    "-cp",
                    System.getProperty("java.class.path"),
                    Fetch.class.getName(),
                    api,
                    url(scheme));
            assertThat(run.ok()).isEqualTo(PAGE);
        }
    }

    /** A Go program: its net/http knows HTTPS_PROXY. */
    @Test
    void kubectl() {
        assertThat(client("kubectl")
                        .run(
                                "--kubeconfig=/dev/null",
                                "--token=unused",
                                "--server=" + URI.create(url("https")).resolve("/"),
                                "--certificate-authority=" + certificate(),
                                "get",
                                "--raw",
                                "/page")
                        .ok())
                .isEqualTo(PAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SOCKS5", "HTTP"})
    void proxychains(String protocol) throws IOException {
        var configuration = Files.writeString(
                home.resolve("proxychains.conf"),
                "strict_chain\nproxy_dns\n[ProxyList]\n" + protocol.toLowerCase(Locale.ROOT) + " 127.0.0.1 "
                        + tailnet.agent().proxyPort() + "\n");
        var proxychains = Program.named("proxychains4", home);
        var curl = Program.named("curl", home).executable().toString();
        assertThat(proxychains
                        .run("-q", "-f", configuration.toString(), curl, "-sS", url("http"))
                        .ok())
                .isEqualTo(PAGE);
    }
}
