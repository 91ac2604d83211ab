package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.ExecCommand;
import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.CommandResult;
import dev.tailnet.testnet.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code tailnet-agent exec --enforce} against a program that tries the ways out ({@code native-bridge/src/test/attack}). What gets
 * out is counted by the kernel, on an interface that leads to nothing but what the policy denies.
 */
class EnforceIT extends OnTestNetwork {
    private static final Path SOURCES = Path.of("../native-bridge/src/test/attack");
    private static final Path LEFT = Path.of("/proc/net/dev");
    private static final String DEVICE = "forbidden";
    private static final Map<String, String> TARGETS =
            Map.of("TARGET4", "203.0.113.66", "TARGET6", "2001:db8:66::2", "PORT", "4444", "DEVICE", DEVICE);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What is left open for the program at descriptor 9, and the attacks that use it. */
    private static final Map<String, List<String>> INHERITED = Map.of(
            "tcp", List.of("inherited-socket"),
            "tcp6", List.of("inherited-socket"),
            "udp", List.of("inherited-socket"),
            "connected-udp", List.of("inherited-socket", "inherited-sendfile", "inherited-splice"),
            "raw", List.of("inherited-socket"),
            "packet", List.of("inherited-socket"),
            "ring", List.of("inherited-ring"),
            "unix", List.of("inherited-channel"));

    private Path folder;
    private Path attack;
    private AgentProcess agent;

    @BeforeAll
    void prepare() throws IOException {
        assumeTrue(
                run(Map.of(), List.of("ip", "link", "add", DEVICE, "type", "veth", "peer", "name", "nowhere"))
                                .exitCode()
                        == 0,
                "an interface for what is forbidden takes a network namespace of the tests' own");
        for (String command : List.of(
                "ip link set forbidden up",
                "ip link set nowhere up",
                "ip address add 203.0.113.65/30 dev forbidden",
                "ip neighbour add 203.0.113.66 lladdr 02:00:00:00:00:ff nud permanent dev forbidden",
                "ip address add 2001:db8:66::1/64 dev forbidden nodad",
                "ip neighbour add 2001:db8:66::2 lladdr 02:00:00:00:00:ff nud permanent dev forbidden")) {
            ok(Map.of(), List.of(command.split(" ")));
        }
        folder = Files.createTempDirectory("attack");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        attack = folder.resolve("attack");
        var compile = new ArrayList<>(List.of("gcc", "-O1", "-pthread", "-o", attack.toString()));
        try (Stream<Path> sources = Files.list(SOURCES)) {
            sources.map(Path::toAbsolutePath)
                    .map(Path::toString)
                    .filter(file -> file.endsWith(".c"))
                    .sorted()
                    .forEach(compile::add);
        }
        ok(Map.of(), compile);
        AgentProcess.Builder builder = AgentProcess.in(folder.resolve("agent"));
        Files.setPosixFilePermissions(builder.directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
        network.nodeEnvironment().forEach(builder::environment);
        agent = builder.authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments(
                        "--login-server=" + network.controlUrl(),
                        "--hostname=walled",
                        "--block-cidrs=203.0.113.64/30,2001:db8:66::/64")
                .startAndAwaitRunning();
        ExecCommand.openToAll(agent.runtimeDir());
    }

    @AfterAll
    void clean() throws IOException {
        if (agent == null) {
            return;
        }
        agent.close();
        run(Map.of(), List.of("ip", "link", "delete", DEVICE));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** What starts a program: as root without any capability, and as a user who owns nothing. */
    static Stream<List<String>> users() {
        return Stream.of(ExecCommand.withoutCapabilities(), ExecCommand.asNobody())
                .distinct();
    }

    @ParameterizedTest
    @MethodSource("users")
    void nothingGetsOut(List<String> user) throws IOException {
        var failures = new ArrayList<String>();
        int tried = 0;
        int works = 0;
        for (String name :
                ok(TARGETS, List.of(attack.toString(), "list")).lines().toList()) {
            if (needsCompany(name)) {
                continue;
            }
            if (!name.equals("flood") && isAboutTheNetwork(name)) {
                long before = left();
                run(TARGETS, List.of(attack.toString(), name));
                works += left() > before ? 1 : 0;
            }
            tried++;
            judge(name, TARGETS, enforced(user, attack.toString(), name), failures);
        }
        assertThat(failures).isEmpty();
        assertThat(works).as("attacks that get out without --enforce").isGreaterThan(25);
        System.out.println((user.size() > 3 ? "As nobody: " : "") + tried + " ways out tried, of which " + works
                + " lead out of here without --enforce; none with it.");
    }

    @Test
    void whatWasLeftOpenGetsNothingOut() throws IOException {
        var failures = new ArrayList<String>();
        int tried = 0;
        for (var entry : INHERITED.entrySet()) {
            for (String name : entry.getValue()) {
                var command = new ArrayList<>(List.of(attack.toString(), "pass", entry.getKey()));
                command.addAll(enforced(attack.toString(), name));
                tried++;
                judge(entry.getKey() + " " + name, TARGETS, command, failures);
            }
        }
        assertThat(failures).isEmpty();
        System.out.println(tried + " things left open tried; none led out.");
    }

    @Test
    void anAccompliceOutsideIsOfNoHelp() throws Exception {
        var failures = new ArrayList<String>();
        Path name = folder.resolve("accomplice.sock");
        var builder = new ProcessBuilder("setsid", attack.toString(), "accomplice", name.toString());
        builder.environment().putAll(TARGETS);
        Process accomplice = builder.start();
        try (var output = accomplice.inputReader()) {
            String pid = output.readLine();
            var environment = new HashMap<>(TARGETS);
            environment.put("ACCOMPLICE", name.toString());
            environment.put("OUTSIDE", pid);
            for (String each :
                    ok(TARGETS, List.of(attack.toString(), "list")).lines().toList()) {
                if (each.startsWith("accomplice") || each.endsWith("outside")) {
                    judge("result-" + each, environment, enforced(attack.toString(), each), failures);
                }
            }
            assertThat(failures).isEmpty();
        } finally {
            accomplice.getOutputStream().close();
            accomplice.waitFor();
            Files.deleteIfExists(name);
        }
    }

    @Test
    void ordinaryProgramsDoNotNotice() {
        assertThat(ok(Map.of(), enforced("sh", "-c", "echo here | cat"))).isEqualTo("here\n");
        String port = String.valueOf(agent.proxyPort());
        assertThat(ok(Map.of(), enforced("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + port + " && echo loopback")))
                .isEqualTo("loopback\n");
        assertThat(ok(Map.of(), enforced("ip", "link", "show", "lo"))).contains("LOOPBACK");
    }

    private void judge(String name, Map<String, String> environment, List<String> command, List<String> failures)
            throws IOException {
        long before = left();
        CommandResult result = run(environment, command);
        long packets = left() - before;
        boolean isThrough = name.startsWith("result-") && result.exitCode() == 0;
        boolean isStarted = result.exitCode() <= 3;
        if (packets > 0 || isThrough || !isStarted) {
            failures.add(name + ": " + packets + " packets left, exit code " + result.exitCode() + "\n"
                    + result.stdout() + result.stderr());
        }
    }

    private static boolean needsCompany(String name) {
        return name.startsWith("inherited") || name.startsWith("accomplice") || name.endsWith("outside");
    }

    private static boolean isAboutTheNetwork(String name) {
        return !name.startsWith("result-") && !name.startsWith("socket-") && !name.startsWith("supervisor");
    }

    private List<String> enforced(String... command) {
        return enforced(ExecCommand.withoutCapabilities(), command);
    }

    private List<String> enforced(List<String> user, String... command) {
        return ExecCommand.of(user, agent.runtimeDir(), List.of("--enforce"), command);
    }

    private static long left() throws IOException {
        try (Stream<String> lines = Files.lines(LEFT)) {
            return lines.map(String::strip)
                    .filter(line -> line.startsWith(DEVICE + ":"))
                    .mapToLong(line -> Long.parseLong(line.split("\\s+")[10]))
                    .sum();
        }
    }

    private CommandResult run(Map<String, String> environment, List<String> command) {
        return Commands.run(Path.of("/tmp"), environment, LIMIT, command);
    }

    private String ok(Map<String, String> environment, List<String> command) {
        CommandResult result = run(environment, command);
        assertThat(result.exitCode()).as("%s\n%s", command, result.stderr()).isZero();
        return result.stdout();
    }
}
