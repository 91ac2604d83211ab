package dev.tailnet.testnet.quickstart;

import dev.tailnet.testnet.AgentProcess;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TemporaryDirectory;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.TestNetworkException;
import dev.tailnet.testnet.fixture.PageServer;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * Joins tailnet-agent to a tailnet and shows that programs reach its hosts. The tailnet is one of its own, on loopback, or, with
 * TS_AUTHKEY in the environment, the user's.
 */
public final class Quickstart {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int PAGE_PORT = 8080;
    private static final String AUTH_KEY_VARIABLE = "TS_AUTHKEY";

    private final Path agentHome;
    private final boolean check;

    private Quickstart(Path agentHome, boolean check) {
        this.agentHome = agentHome;
        this.check = check;
    }

    /**
     * Runs until Ctrl-C, or once with {@code --check}.
     *
     * @param arguments the folder of the distribution, then the options of {@code packaging/quickstart}
     */
    public static void main(String[] arguments) throws InterruptedException {
        var quickstart =
                new Quickstart(Path.of(arguments[0]), List.of(arguments).contains("--check"));
        var authKey = System.getenv(AUTH_KEY_VARIABLE);
        try {
            if (authKey == null || authKey.isBlank()) {
                quickstart.onOwnTailnet();
            } else {
                quickstart.onRealTailnet(authKey);
            }
        } catch (QuickstartException | TestNetworkException | UncheckedIOException e) {
            System.err.println("quickstart: " + e.getMessage());
            System.exit(1);
        }
    }

    private void onOwnTailnet() throws QuickstartException, InterruptedException {
        try (var network = TestNetwork.start()) {
            say("Control server: Headscale at %s, in %s".formatted(network.controlUrl(), network.directory()));
            var peer = network.startPeer("demo");
            try (var page = servePage("Hello from demo (%s), a host of the tailnet.\n".formatted(peer.ipv4()))) {
                var url = "http://demo.%s:%d/".formatted(network.baseDomain(), page.port());
                say("Tailnet host:   demo, %s and %s: tailscaled, which serves %s"
                        .formatted(peer.ipv4(), peer.ipv6(), url));

                var authKey =
                        network.createAuthKey(AuthKeyOptions.ephemeralNode().withTags("tag:sandbox"));
                try (var agent = start(
                        network.directory(),
                        network.nodeEnvironment(),
                        authKey,
                        List.of("--hostname=quickstart", "--login-server=" + network.controlUrl()))) {
                    var view = AgentView.await(agent);
                    say("tailnet-agent:  %s, %s; process %d, log %s"
                            .formatted(view.name(), String.join(" and ", view.addresses()), agent.pid(), agent.log()));
                    new Demonstration(view, network.directory()).show(url, "Hello from demo");
                    finish(agent, view);
                }
            }
        }
    }

    private void onRealTailnet(String authKey) throws QuickstartException, InterruptedException {
        try (var directory = TemporaryDirectory.create()) {
            say("Joining your tailnet with the key of " + AUTH_KEY_VARIABLE);
            try (var agent = start(
                    directory.path(), tailscaleVariables(), authKey, List.of("--hostname=tailnet-agent-quickstart"))) {
                var view = AgentView.await(agent);
                say("tailnet-agent:  %s, %s; process %d, log %s"
                        .formatted(view.name(), String.join(" and ", view.addresses()), agent.pid(), agent.log()));
                say("Peers:          " + view.peers().stream().limit(10).collect(Collectors.joining(", ")));
                finish(agent, view);
            }
        }
    }

    private AgentProcess start(
            Path directory, Map<String, String> environment, String authKey, List<String> arguments) {
        var all = new ArrayList<>(arguments);
        if (check) {
            all.addAll(List.of("--listen=127.0.0.1:0", "--status-listen=127.0.0.1:0"));
        }
        return AgentProcess.start(agentHome, directory.resolve("agent"), environment, authKey, all);
    }

    private void finish(AgentProcess agent, AgentView view) throws QuickstartException, InterruptedException {
        say("");
        say("For the programs of another terminal:");
        view.exports().forEach((name, value) -> say("  export %s='%s'".formatted(name, value)));
        say("");
        say("Status: http://%s/status".formatted(view.status()));
        if (check) {
            say("");
            say("All of it works.");
            return;
        }
        say("");
        say("Ctrl-C stops all of this and removes it.");
        var stopping = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stopping.set(true);
            say("Stopping.");
        }));
        int exitCode = agent.awaitEnd();
        if (stopping.get()) {
            return;
        }
        throw new QuickstartException("tailnet-agent ended with exit code " + exitCode + "; " + agent.logTail());
    }

    private static PageServer servePage(String page) {
        try {
            return new PageServer(LOOPBACK, PAGE_PORT, page);
        } catch (UncheckedIOException e) {
            return new PageServer(LOOPBACK, page);
        }
    }

    /** What a user may have set for the agent: the variables of tailscale and its own. */
    private static Map<String, String> tailscaleVariables() {
        var variables = new HashMap<>(System.getenv());
        variables.keySet().removeIf(name -> !(name.startsWith("TS_") || name.startsWith("TAILNET_")));
        variables.remove(AUTH_KEY_VARIABLE);
        return variables;
    }

    static void say(String line) {
        System.out.println(line);
    }
}
