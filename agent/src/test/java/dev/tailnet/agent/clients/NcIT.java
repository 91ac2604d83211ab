package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.testing.SecondThoughtServer;
import dev.tailnet.testnet.fixture.EchoServer;
import dev.tailnet.testnet.fixture.ServerFirstServer;
import dev.tailnet.testnet.fixture.SinkServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code tailnet-agent nc}: by itself, and as what ssh and git reach a real sshd with. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(Tailnet.Provider.class)
@Timeout(60)
class NcIT {
    private static final InetAddress PEER = InetAddress.ofLiteral("127.0.0.1");

    private final Tailnet tailnet;
    private Path home;

    @SuppressWarnings("NullAway.Init")
    NcIT(Tailnet tailnet) {
        this.tailnet = tailnet;
    }

    @BeforeAll
    void start() throws IOException {
        home = tailnet.folder();
    }

    private Program.Run nc(String input, String... target) throws IOException {
        var arguments = new String[target.length + 1];
        arguments[0] = "nc";
        System.arraycopy(target, 0, arguments, 1, target.length);
        return tailnet.tailnetAgent().input(input).run(arguments);
    }

    @Test
    void carriesEveryByteBothWays() throws Exception {
        byte[] bytes = new byte[4_000_000];
        new Random(1).nextBytes(bytes);
        try (var server = new EchoServer(PEER)) {
            var process = tailnet.tailnetAgent().start("nc", Tailnet.HOST, String.valueOf(server.port()));
            var sender = Thread.ofVirtual().start(() -> {
                try (var in = process.getOutputStream()) {
                    in.write(bytes);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(process.getInputStream().readAllBytes()).isEqualTo(bytes);
            sender.join();
            assertThat(process.waitFor()).isZero();
        }
    }

    @Test
    void takesTheTargetAsOneWordToo() throws IOException {
        try (var server = new ServerFirstServer(PEER, "220 ready\r\n")) {
            assertThat(nc("", Tailnet.HOST + ":" + server.port()).ok()).isEqualTo("220 ready\r\n");
        }
    }

    @Test
    void theEndOfInputLeavesTheAnswerItsTime() throws IOException {
        try (var server = new SinkServer(PEER)) {
            var answer = nc("0123456789", Tailnet.HOST, String.valueOf(server.port()))
                    .ok();
            assertThat(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)).getLong())
                    .isEqualTo(10);
        }
    }

    @Test
    void theEndOfTheAnswerLeavesInputItsTime() throws Exception {
        try (var server = new SecondThoughtServer(PEER, "bye")) {
            var process = tailnet.tailnetAgent().start("nc", Tailnet.HOST, String.valueOf(server.port()));
            assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("bye");
            try (var in = process.getOutputStream()) {
                in.write("one more".getBytes(StandardCharsets.UTF_8));
            }
            assertThat(server.heard().get(10, TimeUnit.SECONDS)).isEqualTo("one more");
            assertThat(process.waitFor()).isZero();
        }
    }

    @Test
    void saysWhyThereIsNoTunnel() throws IOException {
        var refused = nc("", Tailnet.HOST, "1");
        assertThat(refused.exitCode()).isEqualTo(ExitCode.TUNNEL.code());
        assertThat(refused.output()).isEmpty();
        assertThat(refused.errors())
                .startsWith("tailnet-agent: " + Tailnet.HOST)
                .contains(" refused the connection");

        var unknown = nc("", "nosuchname", "1");
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.TUNNEL.code());
        assertThat(unknown.errors()).startsWith("tailnet-agent: ").contains("nosuchname");

        var notAllowed = nc("", "127.0.0.1", "1");
        assertThat(notAllowed.exitCode()).isEqualTo(ExitCode.TUNNEL.code());
        assertThat(notAllowed.errors()).contains("this host itself");

        tailnet.agent().awaitLog("protocol=CLI client=");
    }

    @Test
    void saysHowItIsUsedAndThatThereIsNoAgent() throws IOException {
        var none = nc("", "--runtime-dir=" + home, Tailnet.HOST, "1");
        assertThat(none.exitCode()).isEqualTo(ExitCode.NO_AGENT.code());
        assertThat(none.errors()).startsWith("tailnet-agent: no agent is running in " + home);

        assertThat(nc("", "host").exitCode()).isEqualTo(ExitCode.USAGE.code());
        assertThat(nc("", "host", "ssh").exitCode()).isEqualTo(ExitCode.USAGE.code());
        assertThat(nc("").exitCode()).isEqualTo(ExitCode.USAGE.code());
        assertThat(nc("", "host", "22", "23").exitCode()).isEqualTo(ExitCode.USAGE.code());
    }

    @Test
    void nobodyElseGetsThrough() throws IOException {
        var setpriv = Program.named("setpriv", home);
        var socket = tailnet.agent().runtimeDir().resolve("agent.sock");
        assumeTrue(
                setpriv.run("--reuid=nobody", "--clear-groups", "true").exitCode() == 0,
                "root, who can become another user, is missing");
        String[] ask = {"curl", "-sS", "--unix-socket", socket.toString(), "http://agent/healthz"};
        var asRoot = new ArrayList<>(List.of(ask));
        var asNobody = new ArrayList<>(List.of("--reuid=nobody", "--clear-groups"));
        asNobody.addAll(asRoot);
        assertThat(setpriv.run(asRoot.toArray(String[]::new)).ok()).isEqualTo("ok\n");
        assertThat(setpriv.run(asNobody.toArray(String[]::new)).exitCode()).isEqualTo(7);
        assertThat(Files.getPosixFilePermissions(socket)).hasSize(2);
    }

    @Test
    void sshAndGitReachARealServer() throws Exception {
        try (var server = new SshServer(tailnet.folder())) {
            var configuration = Files.writeString(
                    home.resolve("ssh_config"),
                    tailnet.tailnetAgent().run("ssh-config").ok() + server.clientConfiguration());
            assertThat(configuration).content().startsWith("Host *.tailnet.test\n    ProxyCommand ");

            var ssh = program("ssh")
                    .input("typed\n")
                    .run("-F", configuration.toString(), Tailnet.HOST, "echo shell; cat");
            assertThat(ssh.output()).as("%s\n%s", ssh.errors(), server.log()).isEqualTo("shell\ntyped\n");
            assertThat(ssh.exitCode()).isZero();

            Path repository = tailnet.folder().resolve("repository.git");
            Repository.create(repository, home);
            program("git")
                    .with("GIT_SSH_COMMAND", "ssh -F " + configuration)
                    .run(
                            "clone",
                            "-q",
                            Tailnet.HOST + ":" + repository,
                            home.resolve("clone").toString())
                    .ok();
            assertThat(home.resolve("clone/README")).hasContent(Repository.CONTENT);
        }
    }

    private Program program(String name) {
        return Program.named(name, home)
                .with("PATH", tailnet.path())
                .with("TAILNET_RUNTIME_DIR", tailnet.agent().runtimeDir().toString());
    }
}
