package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.testing.ExecCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
            Path key = ExecCommand.giveToNobody(
                    Files.copy(server.key(), exec.home().resolve("id"), StandardCopyOption.COPY_ATTRIBUTES));
            Path configuration = Files.writeString(exec.home().resolve("ssh_config"), server.clientConfiguration(key));
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
    void requests() throws IOException {
        var python = exec.installed("python3");
        Path modules = exec.folder();
        var copy = """
                import importlib, pathlib, shutil, sys
                for name in ("requests", "urllib3", "idna", "certifi", "charset_normalizer"):
                    folder = pathlib.Path(importlib.import_module(name).__file__).parent
                    shutil.copytree(folder, pathlib.Path(sys.argv[1], name))
                """; // out of a home that the programs' user may not look into
        assumeTrue(
                Program.named("python3", exec.home())
                                .run("-c", copy, modules.toString())
                                .exitCode()
                        == 0,
                "Python's requests is missing");
        exec.with("PYTHONPATH", modules.toString());
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
            var project = exec.folder();
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
        var python = exec.installed("python3", "-m", "pip", "--version");
        var root = tailnet.folder();
        try (var server = new WebServer(root, null)) {
            Registries.pip(root);
            var target = exec.folder();
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

    /** A program of many processes, with seccomp filters and namespaces of its own where the machine lets it make them. */
    @Test
    void chromium() throws IOException {
        assertThat(chromium(List.of("--")).ok()).contains("a page of the tailnet");
    }

    /** Its zygote asks the kernel who has sent it a message, and that is not who it thinks. */
    @Test
    void chromiumUnderEnforcement() throws IOException {
        assertThat(chromium(List.of("--enforce", "--"), "--no-zygote").ok()).contains("a page of the tailnet");
    }

    @Test
    void enforcementSaysOnceWhoAsksForSenders() {
        var script =
                "import socket\nfor _ in range(2):\n    socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)";
        var run = exec.run(List.of("--enforce", "--"), "", List.of(exec.installed("python3"), "-c", script));
        assertThat(run.ok()).isEmpty();
        assertThat(run.errors()).containsOnlyOnce("a program asks who sends on a unix socket (SO_PASSCRED)");
    }

    private Program.Run chromium(List<String> flags, String... more) throws IOException {
        var command = new ArrayList<>(List.of(
                exec.installed("chromium"),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--user-data-dir=" + exec.folder(),
                "--dump-dom"));
        command.addAll(List.of(more));
        command.add(exec.url());
        return exec.run(flags, "", command);
    }
}
