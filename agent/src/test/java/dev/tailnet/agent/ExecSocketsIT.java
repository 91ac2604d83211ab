package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.ExecCommand;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.CommandResult;
import dev.tailnet.testnet.Commands;
import dev.tailnet.testnet.PeerOptions;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.EchoServer;
import dev.tailnet.testnet.fixture.PageServer;
import dev.tailnet.testnet.fixture.TcpServer;
import dev.tailnet.testnet.fixture.UdpEchoServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What programs do with sockets ({@code native-bridge/src/test/sockets}) under {@code tailnet-agent exec}, with and without {@code
 * --enforce}, as a user who owns nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExecSocketsIT {
    private static final Path SOURCES = Path.of("../native-bridge/src/test/sockets");
    private static final InetAddress PEER = InetAddress.ofLiteral("127.0.0.1");
    private static final String HOST = "web.tailnet.test";
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int DENIED = 4000;
    private static final int DENIED_OF_ONE = 4001;

    private TestNetwork network;
    private AgentProcess agent;
    private EchoServer echo;
    private UdpEchoServer datagrams;
    private Path open;
    private Path sockets;
    private Path audit;

    @BeforeAll
    void prepare() throws IOException {
        open = Files.createTempDirectory(
                "open", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        sockets = open.resolve("sockets");
        compile();
        echo = new EchoServer(PEER);
        datagrams = new UdpEchoServer(PEER);
        network = TestNetwork.start();
        var unused = network.startPeer("web", PeerOptions.subnetRouter());
        Path policy = Files.writeString(open.resolve("policy.yaml"), """
                mode: enforce
                default: allow
                require-name: true
                rules:
                  - name: no such port
                    action: deny
                    ports: %d
                  - name: no such host
                    action: deny
                    hosts: direct-host.internal.test
                    ports: %d
                """.formatted(DENIED, DENIED_OF_ONE));
        audit = open.resolve("audit.log");
        AgentProcess.Builder builder = AgentProcess.in(open);
        network.nodeEnvironment().forEach(builder::environment);
        agent = builder.authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments(
                        "--login-server=" + network.controlUrl(),
                        "--hostname=box",
                        "--policy=" + policy,
                        "--audit-log=" + audit,
                        "--users-file=" + users(),
                        "--dial-timeout=5s")
                .startAndAwaitRunning();
        agent.awaitPeer("web");
        ExecCommand.openToAll(agent.runtimeDir());
    }

    /** The listeners ask for passwords, which the control socket does not. */
    private Path users() throws IOException {
        return Files.writeString(
                Files.createFile(
                        open.resolve("users"),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
                "ci:$6$rounds=1000$first$AAGraNiyvEwV0zVW1wwRzb3pgGewiPR/XfLFQeUvZPiM/zTbsmIFLfHPtnhVEW.5.MUp6J6dZM0YLng5epYTp.");
    }

    private void compile() throws IOException {
        var command = new ArrayList<>(List.of("gcc", "-O1", "-pthread", "-o", sockets.toString()));
        try (Stream<Path> sources = Files.list(SOURCES)) {
            sources.map(Path::toAbsolutePath)
                    .map(Path::toString)
                    .filter(file -> file.endsWith(".c"))
                    .sorted()
                    .forEach(command::add);
        }
        ok(run(Map.of(), command));
    }

    @AfterAll
    void clean() throws Exception {
        for (AutoCloseable each : new AutoCloseable[] {agent, network, echo, datagrams}) {
            if (each != null) {
                each.close();
            }
        }
        try (Stream<Path> files = Files.walk(open)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--enforce"})
    void programsDoNotNotice(String flag) {
        var failures = new ArrayList<String>();
        List<String> modes = ok(run(environment(HOST), List.of(sockets.toString(), "list")))
                .lines()
                .toList();
        assertThat(modes).hasSizeGreaterThan(20);
        for (String mode : modes) {
            if (mode.equals("v6")) {
                continue; // names of nodes have no AAAA record
            }
            CommandResult result = run(flag, environment(HOST), mode);
            if (result.exitCode() != 0 || !result.stdout().equals(mode + ": ok\n")) {
                failures.add(mode + " " + result);
            }
        }
        assertThat(failures).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--enforce"})
    void subnetHostsAreReached(String flag) throws IOException {
        try (var behind = new EchoServer(TestAddresses.SUBNET_HOST_IPV4)) {
            var environment = Map.of("HOST", "subnet-host.internal.test", "PORT", String.valueOf(behind.port()));
            for (String mode : List.of("blocking", "registered-before", "v4-mapped")) {
                assertThat(ok(run(flag, environment, mode))).isEqualTo(mode + ": ok\n");
            }
            agent.awaitLog("target=subnet-host.internal.test:" + behind.port());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--enforce"})
    void connectionsOfIpv6Are(String flag) throws IOException {
        try (var behind = new EchoServer(TestAddresses.SUBNET_HOST_IPV6)) {
            var environment = Map.of("HOST", "subnet-host.internal.test", "PORT", String.valueOf(behind.port()));
            assertThat(ok(run(flag, environment, "v6"))).isEqualTo("v6: ok\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--enforce"})
    void datagramsReachSubnetHosts(String flag) {
        try (var behind = new UdpEchoServer(TestAddresses.SUBNET_HOST_IPV4)) {
            var environment = Map.of("HOST", "subnet-host.internal.test", "UDP_PORT", String.valueOf(behind.port()));
            for (String mode : List.of("udp-connected", "udp-unconnected", "udp-messages")) {
                assertThat(ok(run(flag, environment, mode))).isEqualTo(mode + ": ok\n");
            }
            agent.awaitLog("protocol=CLI_UDP", "target=subnet-host.internal.test:" + behind.port());
        }
    }

    @ParameterizedTest
    @CsvSource({"'',denied", "--enforce,denied", "'',udp-denied", "--enforce,udp-denied"})
    void whatThePolicyDeniesIsSaidOnce(String flag, String mode) {
        CommandResult result = run(flag, environment(HOST), mode);
        assertThat(ok(result)).isEqualTo(mode + ": ok\n");
        assertThat(result.stderr())
                .startsWith("tailnet-agent: " + HOST + ":" + DENIED)
                .contains("rule 'no such port'")
                .hasLineCount(1);
    }

    /** All that is for the agent goes through its control socket, which a sandbox without a network can share. */
    @Test
    void noNetworkIsNeededButLoopback() {
        assumeTrue(ExecCommand.isRoot(), "a network namespace for another user takes root");
        var alone = new ArrayList<>(List.of("unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"));
        alone.addAll(ExecCommand.asNobody());
        for (String mode : List.of("blocking", "registered-before", "lookup-unconnected", "udp-connected")) {
            CommandResult result = run(
                    environment(HOST), ExecCommand.of(alone, agent.runtimeDir(), List.of(), sockets.toString(), mode));
            assertThat(ok(result)).isEqualTo(mode + ": ok\n");
        }
    }

    /** The program connects to the address that it was told; the rule is about the name that it asked for. */
    @ParameterizedTest
    @ValueSource(strings = {"", "--enforce"})
    void rulesForNamesHoldForConnectionsByAddress(String flag) {
        var environment = Map.of("HOST", "direct-host.internal.test", "DENIED", String.valueOf(DENIED_OF_ONE));
        CommandResult result = run(flag, environment, "denied");
        assertThat(ok(result)).isEqualTo("denied: ok\n");
        assertThat(result.stderr())
                .contains("direct-host.internal.test:" + DENIED_OF_ONE, "rule 'no such host'")
                .hasLineCount(1);
    }

    @Test
    void theAuditNamesTheProgramTheNameAndTheAddressThatItAskedFor() throws IOException {
        try (var own = new PatientServer(PEER)) {
            var environment = Map.of("HOST", HOST, "PORT", String.valueOf(own.port()));
            var program = CompletableFuture.supplyAsync(() -> run("", environment, "blocking"));
            JsonNode line = Eventually.get(LIMIT, () -> decisionsAbout(HOST, own.port()), lines -> lines.size() == 1)
                    .getFirst();
            own.goOn.countDown();
            ok(program.join());
            assertThat(line.path("process").path("command").asString()).isEqualTo("sockets");
            assertThat(line.path("addresses")).hasSize(1);
            assertThat(line.path("address").asString()).startsWith("100.");
            assertThat(line.path("answeredBy").isNull())
                    .as("not looked up again")
                    .isTrue();
        }
    }

    /** Who may ask the agent cannot have a rule for a name hold for an address that nobody was told of it. */
    @Test
    void anAddressThatNobodyWasToldOfTheNameIsOneWithoutName() throws IOException {
        try (var channel =
                SocketChannel.open(UnixDomainSocketAddress.of(agent.runtimeDir().resolve("agent.sock")))) {
            String request =
                    "CONNECT web.tailnet.test:9 HTTP/1.1\r\nHost: web\r\nTailnet-Agent-Address: 127.0.0.1\r\n\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            var answer = ByteBuffer.allocate(1024);
            channel.read(answer);
            assertThat(new String(answer.array(), StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 403 ");
        }
        JsonNode line = Eventually.get(LIMIT, () -> decisionsAbout("127.0.0.1", 9), lines -> !lines.isEmpty())
                .getFirst();
        assertThat(line.path("decision").asString()).isEqualTo("deny");
    }

    /** The agent has the socket itself by then, and reads its first bytes. */
    @Test
    void theNameThatIsShownInAPassedSocketIsJudged() {
        try (var page = new PageServer(TestAddresses.DIRECT_HOST_IPV4, 80, "the page")) {
            assertThat(curl("-H", "Host: some.host.test", "http://198.51.100.10/"))
                    .isEqualTo("the page");
            assertThat(curl("http://198.51.100.10/")).contains("shows an address in its place");
        }
    }

    private String curl(String... arguments) {
        var command = new ArrayList<>(List.of("curl", "-sS"));
        command.addAll(List.of(arguments));
        return ok(run(
                Map.of(),
                ExecCommand.of(ExecCommand.asNobody(), agent.runtimeDir(), List.of(), command.toArray(String[]::new))));
    }

    private List<JsonNode> decisionsAbout(String host, int targetPort) {
        try (Stream<String> lines = Files.lines(audit)) {
            return lines.map(line -> JsonMapper.shared().readTree(line))
                    .filter(line -> line.path("event").asString().equals("decision"))
                    .filter(line -> line.path("host").asString().equals(host)
                            && line.path("port").asInt() == targetPort)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The modes are about what is so without exec as well: on loopback, where there is no agent. */
    @Test
    void theProgramsAreRightWithoutIt() {
        var failures = new ArrayList<String>();
        for (String mode : List.of(
                "blocking",
                "registered-before",
                "refused",
                "twice",
                "after-refusal",
                "messages",
                "inherited",
                "daemon")) {
            CommandResult result = run(environment("127.0.0.1"), List.of(sockets.toString(), mode));
            if (result.exitCode() != 0) {
                failures.add(mode + " " + result);
            }
        }
        assertThat(failures).isEmpty();
    }

    private Map<String, String> environment(String host) {
        return Map.of(
                "HOST", host,
                "PORT", String.valueOf(echo.port()),
                "UDP_PORT", String.valueOf(datagrams.port()),
                "DENIED", String.valueOf(DENIED),
                "SILENT", TestAddresses.BLACKHOLE.getHostAddress());
    }

    private CommandResult run(String flag, Map<String, String> environment, String mode) {
        List<String> flags = flag.isEmpty() ? List.of() : List.of(flag);
        return run(
                environment,
                ExecCommand.of(ExecCommand.asNobody(), agent.runtimeDir(), flags, sockets.toString(), mode));
    }

    private CommandResult run(Map<String, String> environment, List<String> command) {
        return Commands.run(Path.of("/tmp"), environment, LIMIT, command);
    }

    private static String ok(CommandResult result) {
        assertThat(result.exitCode()).as("%s", result).isZero();
        return result.stdout();
    }

    /** An echo that comes when the test says so: until then the program is there to be looked at. */
    private static final class PatientServer extends TcpServer {
        private final CountDownLatch goOn = new CountDownLatch(1);

        PatientServer(InetAddress address) {
            super(address, 0);
            serve();
        }

        @Override
        protected void handle(Socket connection) throws IOException, InterruptedException {
            goOn.await();
            connection.getInputStream().transferTo(connection.getOutputStream());
            connection.shutdownOutput();
        }
    }
}
