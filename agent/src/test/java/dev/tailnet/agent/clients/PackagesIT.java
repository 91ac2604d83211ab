package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** git, npm and pip, from a repository and registries that a host of the tailnet serves. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(Tailnet.Provider.class)
class PackagesIT {
    private final Tailnet tailnet;
    private Path root;
    private Path home;
    private WebServer plain;
    private WebServer secure;

    @SuppressWarnings("NullAway.Init")
    PackagesIT(Tailnet tailnet) {
        this.tailnet = tailnet;
    }

    @BeforeAll
    void start() throws IOException {
        root = tailnet.folder();
        home = tailnet.folder();
        plain = new WebServer(root, null);
        secure = new WebServer(root, tailnet.certificate().server());
    }

    @AfterAll
    void stop() {
        plain.close();
        secure.close();
    }

    private String url(String scheme) {
        return scheme + "://" + Tailnet.HOST + ":" + (scheme.equals("https") ? secure.port() : plain.port());
    }

    private Program client(String name) {
        return Program.named(name, home).with(tailnet.environment());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void gitClones(String scheme) throws IOException {
        var repository = "from-" + scheme + ".git";
        Repository.create(root.resolve(repository), home);
        var clone = home.resolve("clone-" + scheme);

        client("git")
                .with("GIT_SSL_CAINFO", tailnet.certificate().pem().toString())
                .run("clone", url(scheme) + "/" + repository, clone.toString())
                .ok();

        assertThat(clone.resolve("README")).hasContent(Repository.CONTENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void npmInstalls(String scheme) throws IOException {
        var registry = Files.createDirectory(root.resolve("npm-" + scheme));
        Registries.npm(registry, url(scheme) + "/npm-" + scheme, tailnet.folder(), home);
        var project = tailnet.folder();

        client("npm")
                .with("NODE_EXTRA_CA_CERTS", tailnet.certificate().pem().toString())
                .with("NPM_CONFIG_USERCONFIG", "/dev/null")
                .with("NPM_CONFIG_GLOBALCONFIG", project.resolve("npmrc").toString())
                .run(
                        "install",
                        "--prefix=" + project,
                        "--registry=" + url(scheme) + "/npm-" + scheme + "/",
                        "--cafile=" + tailnet.certificate().pem(),
                        "--no-audit",
                        "--no-fund",
                        "--no-update-notifier",
                        "demo")
                .ok();

        assertThat(project.resolve("node_modules/demo/index.js")).hasContent(Registries.NPM_CONTENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void pipInstalls(String scheme) throws IOException {
        Registries.pip(Files.createDirectories(root.resolve("pip-" + scheme)));
        var target = tailnet.folder();

        client("python3")
                .with("PIP_CONFIG_FILE", "/dev/null")
                .run(
                        "-m",
                        "pip",
                        "install",
                        "--disable-pip-version-check",
                        "--no-cache-dir",
                        "--index-url=" + url(scheme) + "/pip-" + scheme + "/",
                        "--trusted-host=" + (scheme.equals("http") ? Tailnet.HOST : "unused.invalid"),
                        "--cert=" + tailnet.certificate().pem(),
                        "--target=" + target,
                        "demo")
                .ok();

        assertThat(target.resolve("demo.py")).hasContent(Registries.PIP_CONTENT);
    }

    /** Over ssh see {@link NcIT}. */
    @Test
    void gitSaysWhyItCannotClone() {
        var run = client("git")
                .run(
                        "clone",
                        "https://nosuchhost.tailnet.test/x.git",
                        home.resolve("never").toString());
        assertThat(run.exitCode()).isNotZero();
        assertThat(run.errors()).contains("502");
    }
}
