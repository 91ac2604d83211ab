package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.testing.HttpTarget;
import dev.tailnet.testnet.fixture.EchoServer;
import dev.tailnet.testnet.fixture.UdpEchoServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code tailnet-agent exec}: programs that know no proxy reach the tailnet by its names, without any privilege. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(Tailnet.Provider.class)
@Timeout(120)
class ExecIT {
    private static final InetAddress PEER = InetAddress.ofLiteral("127.0.0.1");
    private static final String PAGE = "a page of the tailnet\n";

    /** What a program says that prints what it got, then what it is told on a port where nothing listens. */
    private static final String ALL_WELL = "a page of the tailnet\nrefused\n";

    private final Tailnet tailnet;
    private Path home;
    private HttpTarget page;

    @SuppressWarnings("NullAway.Init")
    ExecIT(Tailnet tailnet) {
        this.tailnet = tailnet;
    }

    @BeforeAll
    void start() throws IOException {
        home = tailnet.folder();
        page = new HttpTarget(PEER, PAGE);
    }

    @AfterAll
    void stop() {
        page.close();
    }

    private String url() {
        return "http://" + Tailnet.HOST + ":" + page.port() + "/";
    }

    /** Runs it without any capability, also where the tests are root's. */
    private Program.Run exec(String input, List<String> command) {
        var arguments = new ArrayList<String>();
        Program program = program();
        if (System.getProperty("user.name").equals("root")) {
            program = Program.named("setpriv", home);
            arguments.addAll(List.of(
                    "--bounding-set=-all", "--inh-caps=-all", executable().toString()));
        }
        arguments.add("--");
        arguments.addAll(command);
        return program.with("TAILNET_RUNTIME_DIR", tailnet.agent().runtimeDir().toString())
                .input(input)
                .run(arguments.toArray(String[]::new));
    }

    private Program.Run exec(String... command) {
        return exec("", List.of(command));
    }

    private Program program() {
        return Program.at(executable(), home);
    }

    private static Path executable() {
        var architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        return Path.of(System.getProperty("dev.tailnet.library"))
                .resolveSibling("../exec/tailnet-exec-" + architecture)
                .normalize();
    }

    private String installed(String name) {
        return Program.named(name, home).executable().toString();
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(tailnet.folder().resolve(name), content.replace("PORT", String.valueOf(page.port())));
    }

    @Test
    void curl() {
        assertThat(exec(installed("curl"), "-sS", url()).ok()).isEqualTo(PAGE);
        var refused = exec("curl", "-sS", "http://" + Tailnet.HOST + ":1/");
        assertThat(refused.exitCode()).isEqualTo(7);
        var unknown = exec("curl", "-sS", "http://nosuchname.tailnet.test/");
        assertThat(unknown.exitCode()).isEqualTo(6);
    }

    @Test
    void saysOnceWhyAConnectionIsDenied() {
        var denied = exec(
                "sh", "-c", "for i in 1 2; do " + installed("curl") + " -sS http://100.64.200.200:80/; done; exit 0");
        assertThat(denied.errors())
                .containsOnlyOnce("tailnet-agent: 100.64.200.200:80: ")
                .contains("no node has");
        tailnet.agent().awaitLog("100.64.200.200");
    }

    @Test
    void rulesForNamesHoldForConnectionsByAddress() throws IOException {
        var script = file("byaddress.py", """
                import socket
                address = socket.gethostbyname("web.tailnet.test")
                socket.create_connection((address, PORT)).close()
                """);
        exec(installed("python3"), script.toString()).ok();
        tailnet.agent().awaitLog("target=web.tailnet.test:" + page.port());
    }

    @Test
    void psql() throws IOException {
        var psql = installed("psql");
        try (var postgres = new Postgres()) {
            assertThat(exec(
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
        var ssh = installed("ssh");
        var git = installed("git");
        try (var server = new SshServer(tailnet.folder())) {
            var configuration = Files.writeString(home.resolve("ssh_config"), """
                    Host *
                        Port %d
                        User %s
                        IdentityFile %s
                        IdentitiesOnly yes
                        StrictHostKeyChecking no
                        UserKnownHostsFile /dev/null
                        LogLevel ERROR
                    """.formatted(
                            server.port(), System.getProperty("user.name"), server.key()));
            assertThat(exec("typed\n", List.of(ssh, "-F", configuration.toString(), Tailnet.HOST, "echo shell; cat"))
                            .ok())
                    .isEqualTo("shell\ntyped\n");
            Path repository = tailnet.folder().resolve("repository.git");
            Repository.create(repository, home);
            Path clone = home.resolve("clone");
            exec(
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
    void pythonBlockingAndAsyncio() throws IOException {
        var script = file("client.py", """
                import asyncio, socket, urllib.request
                print(urllib.request.urlopen("http://web.tailnet.test:PORT/").read().decode(), end="")
                async def ask(port):
                    reader, writer = await asyncio.open_connection("web.tailnet.test", port)
                    peer = writer.get_extra_info("peername")
                    assert peer == (socket.gethostbyname("web.tailnet.test"), PORT), peer
                    writer.write(b"GET / HTTP/1.1\\r\\nHost: web\\r\\n\\r\\n")
                    print((await reader.read(4096)).decode().split("\\r\\n\\r\\n")[1], end="")
                    writer.close()
                asyncio.run(ask(PORT))
                try:
                    asyncio.run(ask(1))
                except ConnectionRefusedError:
                    print("refused")
                """);
        assertThat(exec(installed("python3"), script.toString()).ok()).isEqualTo(PAGE + ALL_WELL);
    }

    @Test
    void aSlowDialHoldsUpNobodyElse() throws IOException {
        var script = file("slow.py", """
                import asyncio, socket
                full = socket.create_server(("127.0.0.1", 0), backlog=0)
                fillers = [socket.socket() for _ in range(4)]
                for filler in fillers:
                    filler.setblocking(False)
                    filler.connect_ex(full.getsockname())
                async def main():
                    slow = asyncio.ensure_future(
                        asyncio.open_connection("web.tailnet.test", full.getsockname()[1]))
                    await asyncio.sleep(0)
                    for _ in range(20):
                        _, writer = await asyncio.open_connection("web.tailnet.test", PORT)
                        writer.close()
                    print("20 meanwhile", not slow.done())
                    slow.cancel()
                asyncio.run(main())
                """);
        assertThat(exec(installed("python3"), script.toString()).ok()).isEqualTo("20 meanwhile True\n");
    }

    @Test
    void nodeFetch() throws IOException {
        var script = file("client.mjs", """
                process.stdout.write(await (await fetch("http://web.tailnet.test:PORT/")).text());
                try {
                    await fetch("http://web.tailnet.test:1/");
                } catch (e) {
                    console.log(e.cause.code === "ECONNREFUSED" || /port/.test(e.cause.message) ? "refused" : e.cause);
                }
                """);
        assertThat(exec(installed("node"), script.toString()).ok()).isEqualTo(ALL_WELL);
    }

    @Test
    void javaOldAndNio() throws IOException {
        var source = file("Client.java", """
                import java.net.*;
                import java.net.http.*;
                import java.nio.channels.*;
                class Client {
                    public static void main(String[] arguments) throws Exception {
                        var page = new URI("http://web.tailnet.test:PORT/");
                        System.out.print(new String(page.toURL().openStream().readAllBytes()));
                        var request = HttpRequest.newBuilder(page).build();
                        System.out.print(HttpClient.newHttpClient()
                                .send(request, HttpResponse.BodyHandlers.ofString()).body());
                        var selector = Selector.open();
                        var channel = SocketChannel.open();
                        channel.configureBlocking(false);
                        channel.connect(new InetSocketAddress("web.tailnet.test", 1));
                        channel.register(selector, SelectionKey.OP_CONNECT);
                        selector.select();
                        try {
                            channel.finishConnect();
                        } catch (ConnectException e) {
                            System.out.println("refused");
                        }
                    }
                }
                """);
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        assertThat(exec(java, source.toString()).ok()).isEqualTo(PAGE + ALL_WELL);
    }

    @Test
    void aStaticGoProgram() throws IOException {
        var source = file("client.go", """
                package main

                import (
                	"errors"
                	"fmt"
                	"io"
                	"net"
                	"os"
                	"syscall"
                )

                func main() {
                	conn, err := net.Dial("tcp", "web.tailnet.test:PORT")
                	if err != nil {
                		panic(err)
                	}
                	fmt.Fprint(conn, "GET / HTTP/1.1\\r\\nHost: web\\r\\n\\r\\n")
                	answer := make([]byte, 4096)
                	n, _ := conn.Read(answer)
                	if n == 0 {
                		panic(io.EOF)
                	}
                	os.Stdout.Write(answer[n-len("a page of the tailnet\\n") : n])
                	if _, err := net.Dial("tcp", "web.tailnet.test:1"); errors.Is(err, syscall.ECONNREFUSED) {
                		fmt.Println("refused")
                	}
                }
                """);
        var client = home.resolve("go-client");
        Program.named("go", home)
                .with("CGO_ENABLED", "0")
                .with("GOTOOLCHAIN", "local")
                .with("GOCACHE", goCache())
                .run("build", "-o", client.toString(), source.toString())
                .ok();
        assertThat(exec(client.toString()).ok()).isEqualTo(ALL_WELL);
    }

    /** The user's own, which has the standard library compiled. */
    private String goCache() {
        return Program.named("go", Path.of(System.getProperty("user.home")))
                .run("env", "GOCACHE")
                .ok()
                .strip();
    }

    @Test
    void aMuslProgram() throws IOException {
        var compiler = Program.named("musl-gcc", home);
        var source = file("client.c", """
                #include <errno.h>
                #include <netdb.h>
                #include <stdio.h>
                #include <string.h>
                #include <sys/socket.h>
                #include <unistd.h>

                static int dial(const char *port) {
                    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
                    if (getaddrinfo("web.tailnet.test", port, &hints, &found)) return -2;
                    int fd = socket(found->ai_family, SOCK_STREAM, 0);
                    return connect(fd, found->ai_addr, found->ai_addrlen) ? -1 : fd;
                }

                int main(void) {
                    int fd = dial("PORT");
                    char answer[4096];
                    dprintf(fd, "GET / HTTP/1.1\\r\\nHost: web\\r\\n\\r\\n");
                    ssize_t n = read(fd, answer, sizeof answer - 1);
                    answer[n < 0 ? 0 : n] = 0;
                    char *body = strstr(answer, "\\r\\n\\r\\n");
                    fputs(body ? body + 4 : "nothing\\n", stdout);
                    puts(dial("1") == -1 && errno == ECONNREFUSED ? "refused" : "connected");
                }
                """);
        var client = home.resolve("musl-client");
        compiler.run("-static", "-o", client.toString(), source.toString()).ok();
        assertThat(exec(client.toString()).ok()).isEqualTo(ALL_WELL);
    }

    @Test
    void datagramsOfConnectedAndOtherSockets() throws IOException {
        try (var echo = new UdpEchoServer(PEER)) {
            var script = file("datagrams.py", """
                    import socket
                    target = (socket.gethostbyname("web.tailnet.test"), %d)
                    connected = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                    connected.connect(target)
                    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                    def until_answered(send, receive):
                        for _ in range(20):
                            send()
                            try:
                                return receive()
                            except TimeoutError:
                                pass
                    for one in connected, other:
                        one.settimeout(2)
                    print(until_answered(lambda: connected.send(b"one"), lambda: connected.recv(99)))
                    data, source = until_answered(lambda: other.sendto(b"two", target), lambda: other.recvfrom(99))
                    print(data, source == target, connected.getpeername() == target)
                    data, _, _, source = until_answered(
                        lambda: other.sendmsg([b"th", b"ree"], [], 0, target), lambda: other.recvmsg(99))
                    print(data, source == target)
                    """.formatted(echo.port()));
            assertThat(exec(installed("python3"), script.toString()).ok())
                    .isEqualTo("b'one'\nb'two' True True\nb'three' True\n");
        }
    }

    @Test
    void loopbackIsTheProgramsOwn() throws IOException {
        var nc = installed("python3");
        try (var echo = new EchoServer(PEER)) {
            assertThat(exec(nc, "-c", """
                            import socket
                            s = socket.create_connection(("127.0.0.1", %d))
                            s.sendall(b"hello")
                            print(s.recv(5).decode(), s.getpeername()[1] == %d)
                            """.formatted(echo.port(), echo.port())).ok())
                    .isEqualTo("hello True\n");
        }
    }

    @Test
    void exitCodeInputAndDescriptorsPassThrough() {
        assertThat(exec("sh", "-c", "exit 42").exitCode()).isEqualTo(42);
        assertThat(exec("sh", "-c", "kill -TERM $$").exitCode()).isEqualTo(128 + 15);
        assertThat(exec("in\n", List.of("cat")).ok()).isEqualTo("in\n");
        assertThat(exec("bash", "-c", "pwd").ok()).isEqualTo(home + "\n");
        assertThat(exec("no-such-program").exitCode()).isEqualTo(127);
        assertThat(exec("/etc/passwd").exitCode()).isEqualTo(126);
    }

    @Test
    void saysThatThereIsNoAgent() {
        var none = program().run("--runtime-dir=" + home, "--", "true");
        assertThat(none.exitCode()).isEqualTo(ExitCode.NO_AGENT.code());
        assertThat(none.errors()).contains("no agent is running").contains("tailnet-agent run");
        assertThat(program().run("--nonsense").exitCode()).isEqualTo(ExitCode.USAGE.code());
        assertThat(program().run("--help").ok()).startsWith("Usage: tailnet-agent exec ");
    }

    @Test
    void allEndWhenTheSupervisorIsKilled() throws Exception {
        var running = program()
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
