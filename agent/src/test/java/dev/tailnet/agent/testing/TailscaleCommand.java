package dev.tailnet.agent.testing;

import dev.tailnet.testnet.Binaries;
import dev.tailnet.testnet.CommandResult;
import dev.tailnet.testnet.Commands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The real {@code tailscale} command, on the socket of an agent. */
public final class TailscaleCommand {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final List<String> command;
    private final Path home;
    private final Map<String, String> environment;

    private TailscaleCommand(List<String> command, Path home, Map<String, String> environment) {
        this.command = command;
        this.home = home;
        this.environment = environment;
    }

    /** @param environment of the network's nodes: netcheck measures by itself */
    public static TailscaleCommand on(AgentProcess agent, Map<String, String> environment) {
        return on(agent.runtimeDir().resolve("tailscaled.sock"), agent.directory(), environment);
    }

    public static TailscaleCommand on(Path socket, Path home, Map<String, String> environment) {
        return new TailscaleCommand(List.of(Binaries.tailscale().toString(), "--socket=" + socket), home, environment);
    }

    /** The same as another user, which takes root. */
    public TailscaleCommand as(int uid, Path program) {
        var other = new ArrayList<>(List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups"));
        other.add(program.toString());
        other.addAll(command.subList(1, command.size()));
        return new TailscaleCommand(other, home, environment);
    }

    public CommandResult run(String... arguments) {
        var all = new ArrayList<>(command);
        all.addAll(List.of(arguments));
        return Commands.run(home, environment, TIMEOUT, all);
    }

    /** What it says; it has to succeed, and to warn of nothing. */
    public String ok(String... arguments) {
        CommandResult result = run(arguments).orThrow();
        if (result.stderr().contains("Warning")) {
            throw new AssertionError(result.stderr());
        }
        return result.stdout();
    }

    public JsonNode json(String... arguments) {
        return JsonMapper.shared().readTree(ok(arguments));
    }
}
