package dev.tailnet.agent.node;

import dev.tailnet.agent.config.NodeSettings;
import dev.tailnet.agent.config.Setting;
import dev.tailnet.bridge.LoginCredential;
import dev.tailnet.bridge.NodeOptions;
import dev.tailnet.bridge.NodePreferences;
import dev.tailnet.bridge.NodePreferences.Option;
import dev.tailnet.bridge.TailnetNode;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes a node as the settings have it. */
final class NodeOptionsMaker {
    /** What the state may say otherwise as long as no source has given it. */
    private static final Map<Setting, Option> YIELDING = new EnumMap<>(Map.of(
            Setting.HOSTNAME, Option.HOSTNAME,
            Setting.LOGIN_SERVER, Option.CONTROL_URL,
            Setting.ADVERTISE_TAGS, Option.TAGS,
            Setting.ACCEPT_ROUTES, Option.ACCEPT_ROUTES,
            Setting.ACCEPT_DNS, Option.ACCEPT_DNS,
            Setting.ADVERTISE_ROUTES, Option.ADVERTISE_ROUTES,
            Setting.EXIT_NODE, Option.EXIT_NODE,
            Setting.SHIELDS_UP, Option.SHIELDS_UP));

    private NodeOptionsMaker() {}

    /** @throws dev.tailnet.bridge.BridgeException if the library turns an option down */
    static TailnetNode create(NodeSettings settings, Path runtimeDir) {
        return TailnetNode.create(new NodeOptions(
                settings.hostname(),
                settings.loginServer(),
                null,
                settings.ephemeral(),
                settings.stateDir().orElse(null),
                runtimeDir,
                settings.tags(),
                settings.acceptRoutes(),
                true));
    }

    /** Tells a node that is not started yet the rest. */
    static void preferences(NodeSettings settings, TailnetNode node) {
        var preferences = settings.preferences();
        node.setPreferences(new NodePreferences(
                preferences.acceptDns(),
                preferences.advertiseRoutes(),
                preferences.shieldsUp().orElse(null),
                preferences.port(),
                preferences.unsaid().stream().map(YIELDING::get).collect(Collectors.toUnmodifiableSet())));
        settings.exitNode().ifPresent(node::setExitNode);
        settings.credential().ifPresent(credential -> {
            try (LoginCredential text = Rejoin.forLibrary(credential)) {
                node.logIn(text);
            }
        });
    }
}
