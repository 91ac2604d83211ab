package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.testing.ExecCommand;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.fixture.EchoServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code tailnet-agent exec} as a process among others: what it says, what passes through it, how it ends. */
class ExecIT extends UnderExec {
    ExecIT(Tailnet tailnet) throws IOException {
        super(tailnet);
    }

    @Test
    void saysOnceWhyAConnectionIsDenied() {
        var denied = exec.run(
                "sh",
                "-c",
                "for i in 1 2; do " + exec.installed("curl") + " -sS http://100.64.200.200:80/; done; exit 0");
        assertThat(denied.errors())
                .containsOnlyOnce("tailnet-agent: 100.64.200.200:80: ")
                .contains("no node has");
        tailnet.agent().awaitLog("100.64.200.200");
    }

    @Test
    void rulesForNamesHoldForConnectionsByAddress() throws IOException {
        var script = exec.file("byaddress.py", """
                import socket
                address = socket.gethostbyname("web.tailnet.test")
                socket.create_connection((address, PORT)).close()
                """);
        exec.run(exec.installed("python3"), script.toString()).ok();
        tailnet.agent().awaitLog("target=web.tailnet.test:" + exec.port());
    }

    @Test
    void loopbackIsTheProgramsOwn() throws IOException {
        var nc = exec.installed("python3");
        try (var echo = new EchoServer(Exec.PEER)) {
            assertThat(exec.run(nc, "-c", """
                            import socket
                            s = socket.create_connection(("127.0.0.1", %d))
                            s.sendall(b"hello")
                            print(s.recv(5).decode(), s.getpeername()[1] == %d)
                            """.formatted(echo.port(), echo.port()))
                            .ok())
                    .isEqualTo("hello True\n");
        }
    }

    @Test
    void exitCodeInputAndDescriptorsPassThrough() {
        assertThat(exec.run("sh", "-c", "exit 42").exitCode()).isEqualTo(42);
        assertThat(exec.run("sh", "-c", "kill -TERM $$").exitCode()).isEqualTo(128 + 15);
        assertThat(exec.run("in\n", List.of("cat")).ok()).isEqualTo("in\n");
        assertThat(exec.run("bash", "-c", "pwd").ok()).isEqualTo(exec.home() + "\n");
        assertThat(exec.run("no-such-program").exitCode()).isEqualTo(127);
        assertThat(exec.run("/etc/passwd").exitCode()).isEqualTo(126);
    }

    @Test
    void saysThatThereIsNoAgent() {
        var none = exec.program().run("--runtime-dir=" + exec.home(), "--", "true");
        assertThat(none.exitCode()).isEqualTo(ExitCode.NO_AGENT.code());
        assertThat(none.errors()).contains("no agent is running").contains("tailnet-agent run");
        assertThat(exec.program().run("--nonsense").exitCode()).isEqualTo(ExitCode.USAGE.code());
        assertThat(exec.program().run("--help").ok()).startsWith("Usage: tailnet-agent exec ");
    }

    @Test
    void descriptorsOfTheCallerAreThePrograms() throws IOException {
        Path file = exec.file("inherited", "through descriptor 7\n");
        String inside = ExecCommand.helper() + " --runtime-dir="
                + tailnet.agent().runtimeDir() + " -- sh -c 'cat <&7; echo to descriptor 8 >&8'";
        Path written = exec.home().resolve("written");
        var run = Program.named("bash", exec.home())
                .through(ExecCommand.asNobody())
                .run("-c", "exec 7<" + file + " 8>" + written + "; " + inside);
        assertThat(run.ok()).isEqualTo("through descriptor 7\n");
        assertThat(written).hasContent("to descriptor 8");
    }

    @Test
    void signalsReachTheProgram() throws Exception {
        var running = exec.program()
                .start("--", "sh", "-c", "trap 'echo got it; exit 5' TERM; echo ready; while :; do sleep 0.1; done");
        try (var output = running.inputReader()) {
            assertThat(output.readLine()).isEqualTo("ready");
            running.toHandle().destroy(); // a process's own destroy closes the streams
            assertThat(output.readLine()).isEqualTo("got it");
            assertThat(running.waitFor()).isEqualTo(5);
        }
    }

    /** Service managers send a signal to all processes of a unit. */
    @Test
    void whatIsSentToAllEndsTheProgramAlone() throws Exception {
        var running = exec.program()
                .start(
                        "--",
                        "sh",
                        "-c",
                        "trap 'echo winds down; exit 3' TERM; echo ready; while :; do sleep 0.1; done");
        try (var output = running.inputReader()) {
            assertThat(output.readLine()).isEqualTo("ready");
            running.toHandle().children().forEach(ProcessHandle::destroy);
            running.toHandle().destroy();
            assertThat(output.readLine()).isEqualTo("winds down");
            assertThat(running.waitFor()).isEqualTo(3);
        }
    }

    /** As of the distribution: the launcher in bin, the program in libexec; as the tests' user, whose class path it is. */
    @Test
    void startsAnAgentForItself() throws IOException {
        Path root = tailnet.network().directory();
        Path libexec = Files.createDirectories(root.resolve("libexec"));
        Path helper = libexec.resolve("tailnet-exec");
        if (!Files.exists(helper)) {
            Files.copy(ExecCommand.helper(), helper, StandardCopyOption.COPY_ATTRIBUTES);
        }
        Path runtime = tailnet.folder().resolve("run");
        var starting = Program.at(helper, exec.home())
                .with(tailnet.network().nodeEnvironment())
                .with("TAILNET_LIBRARY", System.getProperty("dev.tailnet.library"))
                .with("TAILNET_LOGIN_SERVER", tailnet.network().controlUrl().toString())
                .with("TAILNET_HOSTNAME", "for-a-while")
                .with("TAILNET_RUNTIME_DIR", runtime.toString())
                .with("TS_AUTHKEY", tailnet.network().createAuthKey(AuthKeyOptions.ephemeralNode()));
        var run = starting.run("--start", "--", exec.installed("curl"), "-sS", exec.url());
        assertThat(run.ok()).as(run.errors()).isEqualTo(Exec.PAGE);
        assertThat(runtime.resolve("agent.sock")).doesNotExist();

        var wrong = starting.with("TAILNET_INTERNET", "nonsense").run("--start", "--", "true");
        assertThat(wrong.exitCode()).isEqualTo(ExitCode.NODE.code());
        assertThat(wrong.errors()).contains("nonsense", "the agent that --start started ended with exit code");
    }

    @Test
    void allEndWhenTheSupervisorIsKilled() throws Exception {
        var running = exec.program()
                .with("TAILNET_RUNTIME_DIR", tailnet.agent().runtimeDir().toString())
                .start("--", "sh", "-c", "sleep 600 & echo started; wait");
        assertThat(running.inputReader().readLine()).isEqualTo("started");
        var supervisor = running.toHandle().children().findFirst().orElseThrow();
        var below = supervisor.descendants().toList();
        assertThat(below).hasSizeGreaterThanOrEqualTo(2);
        supervisor.destroyForcibly();
        assertThat(running.waitFor()).isEqualTo(125);
        assertThat(below).noneMatch(ProcessHandle::isAlive);
    }
}
