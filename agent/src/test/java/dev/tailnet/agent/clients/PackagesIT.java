package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
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
        npmPackage(registry, url(scheme) + "/npm-" + scheme);
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

        assertThat(project.resolve("node_modules/demo/index.js")).hasContent("module.exports = 'demo';");
    }

    private void npmPackage(Path registry, String url) throws IOException {
        var folder = tailnet.folder();
        var content = Files.createDirectories(folder.resolve("package"));
        Files.writeString(content.resolve("package.json"), "{\"name\": \"demo\", \"version\": \"1.0.0\"}");
        Files.writeString(content.resolve("index.js"), "module.exports = 'demo';");
        Program.named("tar", home)
                .run("czf", registry.resolve("demo-1.0.0.tgz").toString(), "-C", folder.toString(), "package")
                .ok();
        Files.writeString(registry.resolve("demo"), """
                {"name": "demo", "dist-tags": {"latest": "1.0.0"},
                 "versions": {"1.0.0": {"name": "demo", "version": "1.0.0", "dist": {"tarball": "%s/demo-1.0.0.tgz"}}}}
                """.formatted(url));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void pipInstalls(String scheme) throws IOException {
        var wheel = "demo-1.0-py3-none-any.whl";
        var index = Files.createDirectories(root.resolve("pip-" + scheme + "/demo"));
        Files.write(index.resolve(wheel), wheel());
        Files.writeString(index.resolve("index.html"), "<!DOCTYPE html><a href=\"" + wheel + "\">" + wheel + "</a>");
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

        assertThat(target.resolve("demo.py")).hasContent("NAME = 'demo'");
    }

    private static byte[] wheel() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("demo.py", "NAME = 'demo'\n");
        files.put("demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n");
        files.put("demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
        files.put("demo-1.0.dist-info/RECORD", "demo.py,,\ndemo-1.0.dist-info/RECORD,,\n");
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
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
