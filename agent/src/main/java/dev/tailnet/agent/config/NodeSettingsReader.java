package dev.tailnet.agent.config;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads what makes up {@link NodeSettings}. */
final class NodeSettingsReader {
    /** In place of a name. */
    private static final String NONE = "none";

    private static final URI DEFAULT_LOGIN_SERVER = URI.create("https://controlplane.tailscale.com");
    private static final String STATE_FILE = "tailscaled.state";

    /** In place of a state directory: keep the state in memory. As in tailscaled's --state. */
    private static final String IN_MEMORY = "mem:";

    /** In place of true or false. */
    private static final String AUTO = "auto";

    private static final Set<Setting> PREFERENCES = EnumSet.of(
            Setting.HOSTNAME,
            Setting.LOGIN_SERVER,
            Setting.ADVERTISE_TAGS,
            Setting.ACCEPT_ROUTES,
            Setting.ACCEPT_DNS,
            Setting.ADVERTISE_ROUTES,
            Setting.EXIT_NODE,
            Setting.SHIELDS_UP);

    private final SettingReader reader;
    private final Map<String, String> environment;

    NodeSettingsReader(SettingReader reader, Map<String, String> environment) {
        this.reader = reader;
        this.environment = environment;
    }

    /** @param isFirst whether the agent starts: one that runs has what it logs in with */
    NodeSettings read(boolean isFirst) {
        var stateDir = stateDir();
        var hasLoggedIn = stateDir.isPresent() && Files.exists(stateDir.get().resolve(STATE_FILE));
        var tags = list(Setting.ADVERTISE_TAGS, Values::tag);
        Optional<Credential> credential = isFirst
                ? new CredentialReader(reader, environment, hasLoggedIn).read(!tags.isEmpty())
                : Optional.empty();
        var hostname = new HostnameTemplate(environment, stateDir);
        return new NodeSettings(
                credential,
                reader.one(Setting.HOSTNAME, hostname::fill, HostName.ofHost(), Function.identity()),
                reader.one(Setting.LOGIN_SERVER, Values::loginServer, DEFAULT_LOGIN_SERVER, URI::toString),
                tags,
                ephemeral(stateDir),
                stateDir,
                reader.one(Setting.ACCEPT_ROUTES, Values::bool, true, String::valueOf),
                Optional.of(reader.one(Setting.EXIT_NODE, NodeSettingsReader::exitNode, NONE, Function.identity()))
                        .filter(peer -> !peer.equals(NONE)),
                preferences(stateDir, hostname));
    }

    private NodePreferences preferences(Optional<Path> stateDir, HostnameTemplate hostname) {
        return new NodePreferences(
                reader.one(Setting.ACCEPT_DNS, Values::bool, true, String::valueOf),
                list(Setting.ADVERTISE_ROUTES, Networks::route),
                reader.one(
                        Setting.SHIELDS_UP,
                        text -> text.equals(AUTO) ? Optional.<Boolean>empty() : Optional.of(Values.bool(text)),
                        Optional.empty(),
                        up -> up.map(String::valueOf).orElse(AUTO)),
                reader.one(Setting.PORT, text -> Values.number(text, 0, 65535), 0, String::valueOf),
                PREFERENCES.stream()
                        .filter(setting -> reader.given(setting).isEmpty())
                        .collect(Collectors.toUnmodifiableSet()),
                resetState(stateDir),
                hostname.id());
    }

    /** {@code tailscale up} takes an empty one for none. */
    private static String exitNode(String text) {
        return text.isEmpty() ? NONE : Values.peer(text);
    }

    private boolean resetState(Optional<Path> stateDir) {
        var given = reader.given(Setting.RESET_STATE);
        if (given.isEmpty() || !reader.one(Setting.RESET_STATE, Values::bool, false, String::valueOf)) {
            return false;
        }
        var source = given.get().source();
        if (source.layer() != Source.Layer.FLAG) {
            reader.findings()
                    .problem(
                            source,
                            "the identity would be lost at every start: give it once, as the flag --reset-state");
        }
        if (stateDir.isEmpty()) {
            reader.findings().problem(source, "there is no state to reset: give --state-dir as well");
        }
        return true;
    }

    private List<String> list(Setting setting, Function<String, String> parser) {
        var items = reader.given(setting).map(ListValues::items).orElse(List.of());
        var values = List.copyOf(reader.each(items, reader.source(setting), parser));
        reader.note(setting, values);
        return values;
    }

    private Optional<Path> stateDir() {
        return reader.optional(Setting.STATE_DIR, IN_MEMORY).flatMap(given -> {
            var path = reader.parse(given, Values::path);
            if (path.isPresent() && Files.exists(path.get()) && !Files.isDirectory(path.get())) {
                reader.findings().problem(given.source(), path.get() + " is not a directory");
            }
            return path;
        });
    }

    private boolean ephemeral(Optional<Path> stateDir) {
        var ephemeral = reader.one(Setting.EPHEMERAL, Values::bool, stateDir.isEmpty(), String::valueOf);
        if (!ephemeral && stateDir.isEmpty()) {
            reader.given(Setting.EPHEMERAL)
                    .ifPresent(given -> reader.findings()
                            .problem(
                                    given.source(),
                                    "a node without a state directory is always ephemeral, as its identity is lost when"
                                            + " it stops: give --state-dir as well"));
        }
        return ephemeral;
    }
}
