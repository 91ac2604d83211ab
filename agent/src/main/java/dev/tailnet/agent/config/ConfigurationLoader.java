package dev.tailnet.agent.config;

import dev.tailnet.agent.config.Configuration.Effective;
import dev.tailnet.proxy.auth.Users;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Gathers what every source gives, takes the strongest for each setting, and judges the whole. */
final class ConfigurationLoader {
    private static final URI DEFAULT_LOGIN_SERVER = URI.create("https://controlplane.tailscale.com");
    private static final Duration LONGEST_DRAIN = Duration.ofHours(1);
    private static final String CREDENTIAL = "ts-authkey";

    /** In place of a file or a name. */
    private static final String NONE = "none";

    /** In place of a state directory: keep the state in memory. As in tailscaled's --state. */
    private static final String IN_MEMORY = "mem:";

    private final Flags flags;
    private final Map<String, String> environment;
    private final boolean isFirst;
    private final Findings findings = new Findings();
    private final List<Given> all = new ArrayList<>();
    private final EnumMap<Setting, Given> strongest = new EnumMap<>(Setting.class);
    private final EnumMap<Setting, Effective> effective = new EnumMap<>(Setting.class);

    /**
     * @param isFirst whether this is for an agent that starts: one that runs needs no auth key any more
     */
    ConfigurationLoader(Flags flags, Map<String, String> environment, boolean isFirst) {
        this.flags = flags;
        this.environment = environment;
        this.isFirst = isFirst;
    }

    Configuration load() throws ConfigurationException {
        flags.problems().forEach(findings::problem);
        gather();
        var settings = settings();
        if (!findings.problems().isEmpty()) {
            throw new ConfigurationException(findings.problems());
        }
        return new Configuration(settings, findings.warnings(), exposed(), List.copyOf(effective.values()));
    }

    private void gather() {
        flags.values().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(flag -> all.add(new Given(flag.getKey(), flag.getValue(), flags.source(flag.getKey()))));
        all.addAll(EnvironmentReader.read(environment, findings));
        all.stream()
                .filter(given -> given.setting() == Setting.CONFIG)
                .findFirst()
                .ifPresent(given -> {
                    var path = parse(given, Values::path);
                    path.ifPresent(file -> all.addAll(ConfigFile.read(file, given.source(), findings)));
                });
        all.forEach(given -> strongest.putIfAbsent(given.setting(), given));
    }

    private Settings settings() {
        var stateDir = stateDir();
        var runtimeDir =
                one(Setting.RUNTIME_DIR, Values::path, RuntimeDirectory.defaultFor(environment), Path::toString);
        var node = new NodeSettings(
                isFirst ? authKey(stateDir) : Optional.empty(),
                one(Setting.HOSTNAME, Values::hostname, HostName.ofHost(), Function.identity()),
                one(Setting.LOGIN_SERVER, Values::loginServer, DEFAULT_LOGIN_SERVER, URI::toString),
                tags(),
                ephemeral(stateDir),
                stateDir,
                one(Setting.ACCEPT_ROUTES, Values::bool, true, String::valueOf),
                exitNode());
        var listeners = new ListenerSettings(strongest, findings, effective).read();
        var forwards = new ForwardSettings(strongest, findings, effective).read(listeners);
        return new Settings(
                node,
                listeners,
                forwards,
                users(),
                new ExposeSettings(strongest, findings, effective).read(),
                new UpstreamReader(strongest, findings, effective, environment).read(listeners.all()),
                internet(node.exitNode()),
                runtimeDir,
                new LocalApiSettings(this).read(runtimeDir),
                one(Setting.DRAIN_TIMEOUT, ConfigurationLoader::drainTimeout, Duration.ofSeconds(10), Values::print),
                new LimitSettings(this).read(),
                one(Setting.LOG_LEVEL, constant(LogLevel.class), LogLevel.INFO, Values::name),
                one(Setting.LOG_FORMAT, constant(LogFormat.class), LogFormat.TEXT, Values::name));
    }

    <T> T one(Setting setting, Function<String, T> parser, T fallback, Function<T, String> printer) {
        var given = strongest.get(setting);
        var value = given == null ? fallback : parse(given, parser).orElse(fallback);
        note(setting, List.of(printer.apply(value)), given == null ? Source.DEFAULT : given.source());
        return value;
    }

    private <T> Optional<T> parse(Given given, Function<String, T> parser) {
        try {
            return Optional.of(parser.apply(given.value()));
        } catch (IllegalArgumentException e) {
            findings.problem(given.source(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private void note(Setting setting, List<String> values, Source source) {
        effective.put(setting, new Effective(setting, values, source.text()));
    }

    private List<String> tags() {
        var given = strongest.get(Setting.ADVERTISE_TAGS);
        if (given == null) {
            note(Setting.ADVERTISE_TAGS, List.of(), Source.DEFAULT);
            return List.of();
        }
        var tags = new LinkedHashSet<String>();
        for (var item : ListValues.items(given)) {
            try {
                tags.add(Values.tag(item));
            } catch (IllegalArgumentException e) {
                findings.problem(given.source(), String.valueOf(e.getMessage()));
            }
        }
        note(Setting.ADVERTISE_TAGS, List.copyOf(tags), given.source());
        return List.copyOf(tags);
    }

    private Optional<Users> users() {
        var given = strongest.get(Setting.USERS_FILE);
        if (given == null || given.value().equals(NONE)) {
            note(Setting.USERS_FILE, List.of(NONE), given == null ? Source.DEFAULT : given.source());
            return Optional.empty();
        }
        note(Setting.USERS_FILE, List.of(given.value()), given.source());
        return parse(given, Values::path).flatMap(file -> new UsersFile(findings).read(file, given.source()));
    }

    private Optional<Path> stateDir() {
        var given = strongest.get(Setting.STATE_DIR);
        if (given == null || given.value().equals(IN_MEMORY)) {
            note(Setting.STATE_DIR, List.of(IN_MEMORY), given == null ? Source.DEFAULT : given.source());
            return Optional.empty();
        }
        var path = parse(given, Values::path);
        if (path.isPresent() && Files.exists(path.get()) && !Files.isDirectory(path.get())) {
            findings.problem(given.source(), path.get() + " is not a directory");
        }
        note(Setting.STATE_DIR, List.of(given.value()), given.source());
        return path;
    }

    private Optional<String> exitNode() {
        return Optional.of(one(Setting.EXIT_NODE, Values::peer, NONE, Function.identity()))
                .filter(peer -> !peer.equals(NONE));
    }

    private Internet internet(Optional<String> exitNode) {
        var fallback = exitNode.isPresent() ? Internet.EXIT_NODE : Internet.DIRECT;
        var internet = one(Setting.INTERNET, constant(Internet.class), fallback, Values::name);
        var given = strongest.get(Setting.INTERNET);
        if (given != null && internet == Internet.EXIT_NODE && exitNode.isEmpty()) {
            findings.problem(given.source(), "which one? Give --exit-node=NAME as well");
        }
        if (given != null && internet != Internet.EXIT_NODE && exitNode.isPresent()) {
            findings.problem(
                    given.source(),
                    "an exit node that nothing may use: leave out either " + Setting.EXIT_NODE.flag() + " or this");
        }
        return internet;
    }

    private boolean ephemeral(Optional<Path> stateDir) {
        var ephemeral = one(Setting.EPHEMERAL, Values::bool, stateDir.isEmpty(), String::valueOf);
        var given = strongest.get(Setting.EPHEMERAL);
        if (!ephemeral && stateDir.isEmpty() && given != null) {
            findings.problem(
                    given.source(),
                    "a node without a state directory is always ephemeral, as its identity is lost when it stops:"
                            + " give --state-dir as well");
        }
        return ephemeral;
    }

    private Optional<AuthKey> authKey(Optional<Path> stateDir) {
        var hasLoggedIn = stateDir.isPresent() && Files.exists(stateDir.get().resolve("tailscaled.state"));
        var reader = new AuthKeyReader(findings, hasLoggedIn);
        var given = authKeySource();
        var key = given.flatMap(reader::read);
        given.ifPresent(source -> noteAuthKey(source, key));
        return key;
    }

    private Optional<Given> authKeySource() {
        var key = strongest.get(Setting.AUTH_KEY);
        var file = strongest.get(Setting.AUTH_KEY_FILE);
        if (key != null && file != null && key.source().layer() == file.source().layer()) {
            findings.problem(key.source(), "conflicts with " + file.source() + ": give one of them");
        }
        if (key != null || file != null) {
            var given = Stream.of(Optional.ofNullable(file), Optional.ofNullable(key))
                    .flatMap(Optional::stream)
                    .min(Comparator.comparing(candidate -> candidate.source().layer()))
                    .orElseThrow();
            warnOfVisibleKey(given);
            return Optional.of(given);
        }
        var credentials = environment.getOrDefault("CREDENTIALS_DIRECTORY", "");
        var credential = Path.of(credentials, CREDENTIAL);
        return !credentials.isEmpty() && Files.exists(credential)
                ? Optional.of(Given.of(Setting.AUTH_KEY_FILE, credential.toString(), Source.credential(CREDENTIAL)))
                : Optional.empty();
    }

    private void warnOfVisibleKey(Given given) {
        if (given.setting() != Setting.AUTH_KEY || SecretFile.isReference(given.value())) {
            return;
        }
        switch (given.source().layer()) {
            case FLAG ->
                findings.warning(
                        given.source(),
                        "other users could see the key until it was scrubbed from the process title: use"
                                + " --auth-key-file or TS_AUTHKEY");
            case FILE ->
                findings.warning(given.source(), "the key is stored in the configuration file: use auth-key-file");
            case ENVIRONMENT, CREDENTIAL, DEFAULT -> {}
        }
    }

    private void noteAuthKey(Given given, Optional<AuthKey> key) {
        var isPath = given.setting() == Setting.AUTH_KEY_FILE || SecretFile.isReference(given.value());
        note(
                given.setting(),
                List.of(
                        isPath
                                ? given.value()
                                : key.map(AuthKey::secret).map(Secret::toString).orElse(Secret.MASK)),
                given.source());
    }

    /** Every key and password in arguments or environment, also one that a stronger source made useless. */
    private List<Secret> exposed() {
        var exposed = new LinkedHashSet<String>();
        flags.values().getOrDefault(Setting.AUTH_KEY, List.of()).forEach(exposed::add);
        all.stream()
                .filter(given ->
                        given.setting() == Setting.AUTH_KEY && given.source().layer() == Source.Layer.ENVIRONMENT)
                .forEach(given -> exposed.add(given.value()));
        EnvironmentNames.secrets()
                .forEach(name -> exposed.add(environment.getOrDefault(name, "").strip()));
        var keys = exposed.stream()
                .filter(value -> !value.isEmpty() && !SecretFile.isReference(value))
                .map(Secret::of);
        return Stream.concat(keys, exposedProxies()).toList();
    }

    private Stream<Secret> exposedProxies() {
        return Stream.concat(
                        flags.values().getOrDefault(Setting.UPSTREAM_PROXY, List.of()).stream(),
                        Stream.of(environment.getOrDefault(Setting.UPSTREAM_PROXY.variable(), "")))
                .distinct()
                .flatMap(url -> ProxyUrl.secret(url).stream());
    }

    private static Duration drainTimeout(String text) {
        var timeout = Values.duration(text);
        if (timeout.compareTo(LONGEST_DRAIN) > 0) {
            throw new IllegalArgumentException("'" + text + "' is longer than 1h");
        }
        return timeout;
    }

    private static <E extends Enum<E>> Function<String, E> constant(Class<E> type) {
        return text -> Values.constant(type, text);
    }
}
