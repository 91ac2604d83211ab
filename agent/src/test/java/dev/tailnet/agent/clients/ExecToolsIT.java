package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tools as people use them, under {@code tailnet-agent exec}. */
class ExecToolsIT extends UnderExec {
    ExecToolsIT(Tailnet tailnet) throws IOException {
        super(tailnet);
    }

    @Test
    void curl() {
        assertThat(exec.run(exec.installed("curl"), "-sS", exec.url()).ok()).isEqualTo(Exec.PAGE);
        var refused = exec.run("curl", "-sS", "http://" + Tailnet.HOST + ":1/");
        assertThat(refused.exitCode()).isEqualTo(7);
        var unknown = exec.run("curl", "-sS", "http://nosuchname.tailnet.test/");
        assertThat(unknown.exitCode()).isEqualTo(6);
    }

    @Test
    void psql() throws IOException {
        var psql = exec.installed("psql");
        try (var postgres = new Postgres()) {
            assertThat(exec.run(
                                    psql,
                                    "-h",
                                    Tailnet.HOST,
                                    "-p",
                                    String.valueOf(postgres.port()),
                                    "-U",
                                    "postgres",
                                    "-Atc",
                                    "SELECT 40 + 2")
                            .ok())
                    .isEqualTo("42\n");
        }
    }

    @Test
    void sshAndGitOverIt() throws Exception {
        var ssh = exec.installed("ssh");
        var git = exec.installed("git");
        try (var server = new SshServer(tailnet.folder())) {
            var configuration = Files.writeString(exec.home().resolve("ssh_config"), server.clientConfiguration());
            assertThat(exec.run(
                                    "typed\n",
                                    List.of(ssh, "-F", configuration.toString(), Tailnet.HOST, "echo shell; cat"))
                            .ok())
                    .isEqualTo("shell\ntyped\n");
            Path repository = tailnet.folder().resolve("repository.git");
            Repository.create(repository, exec.home());
            Path clone = exec.home().resolve("clone");
            exec.run(
                            git,
                            "-c",
                            "core.sshCommand=ssh -F " + configuration,
                            "clone",
                            "-q",
                            Tailnet.HOST + ":" + repository,
                            clone.toString())
                    .ok();
            assertThat(clone.resolve("README")).hasContent(Repository.CONTENT);
        }
    }

    @Test
    void requests() {
        var python = exec.installed("python3");
        assumeTrue(
                Program.named("python3", exec.home())
                                .run("-c", "import requests")
                                .exitCode()
                        == 0,
                "Python's requests is missing");
        var script = "import sys, requests; print(requests.get(sys.argv[1], timeout=30).text, end='')";
        assertThat(exec.run(python, "-c", script, exec.url()).ok()).isEqualTo(Exec.PAGE);
    }

    @Test
    void npm() throws IOException {
        var npm = exec.installed("npm");
        var root = tailnet.folder();
        try (var server = new WebServer(root, null)) {
            var registry = "http://" + Tailnet.HOST + ":" + server.port();
            Registries.npm(root, registry, tailnet.folder(), exec.home());
            var project = tailnet.folder();
            exec.with("NPM_CONFIG_USERCONFIG", "/dev/null")
                    .with("NPM_CONFIG_GLOBALCONFIG", project.resolve("npmrc").toString());
            exec.run(
                            npm,
                            "install",
                            "--prefix=" + project,
                            "--registry=" + registry + "/",
                            "--no-audit",
                            "--no-fund",
                            "--no-update-notifier",
                            "demo")
                    .ok();
            assertThat(project.resolve("node_modules/demo/index.js")).hasContent(Registries.NPM_CONTENT);
        }
    }

    @Test
    void pip() throws IOException {
        var python = exec.installed("python3");
        assumeTrue(
                Program.named("python3", exec.home())
                                .run("-m", "pip", "--version")
                                .exitCode()
                        == 0,
                "Python's pip is missing");
        var root = tailnet.folder();
        try (var server = new WebServer(root, null)) {
            Registries.pip(root);
            var target = tailnet.folder();
            exec.with("PIP_CONFIG_FILE", "/dev/null");
            exec.run(
                            python,
                            "-m",
                            "pip",
                            "install",
                            "--disable-pip-version-check",
                            "--no-cache-dir",
                            "--index-url=http://" + Tailnet.HOST + ":" + server.port() + "/",
                            "--trusted-host=" + Tailnet.HOST,
                            "--target=" + target,
                            "demo")
                    .ok();
            assertThat(target.resolve("demo.py")).hasContent(Registries.PIP_CONTENT);
        }
    }

    /** A program of many processes with seccomp filters and namespaces of its own; as root it runs without its sandbox only. */
    @Test
    void chromium() throws IOException {
        assertThat(chromium(List.of("--")).ok()).contains("a page of the tailnet");
    }

    /** Its zygote asks the kernel who has sent it a message, and that is not who it thinks. */
    @Test
    void chromiumUnderEnforcement() throws IOException {
        assertThat(chromium(List.of("--enforce", "--"), "--no-zygote").ok()).contains("a page of the tailnet");
    }

    private Program.Run chromium(List<String> flags, String... more) throws IOException {
        var command = new ArrayList<>(List.of(
                exec.installed("chromium"),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--user-data-dir=" + tailnet.folder(),
                "--dump-dom"));
        command.addAll(List.of(more));
        command.add(exec.url());
        return exec.run(flags, "", command);
    }
}
