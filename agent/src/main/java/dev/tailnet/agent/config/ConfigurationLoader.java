package dev.tailnet.agent.config;

import dev.tailnet.proxy.auth.Users;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Gathers what every source gives, takes the strongest for each setting, and judges the whole. */
final class ConfigurationLoader {
    private static final Duration LONGEST_DRAIN = Duration.ofHours(1);

    /** In place of a file. */
    private static final String NONE = "none";

    private final Flags flags;
    private final Map<String, String> environment;
    private final boolean isFirst;
    private final Findings findings = new Findings();
    private final List<Given> all = new ArrayList<>();
    private Optional<PolicySection> policySection = Optional.empty();

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
        var reader = new SettingReader(all, findings);
        var settings = settings(reader);
        if (!findings.problems().isEmpty()) {
            throw new ConfigurationException(findings.problems());
        }
        return new Configuration(settings, findings.warnings(), exposed(), reader.effective());
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
                    var path = new SettingReader(List.of(given), findings).parse(given, Values::path);
                    path.ifPresent(file -> {
                        var content = ConfigFile.read(file, given.source(), findings);
                        all.addAll(content.given());
                        policySection = content.policy();
                    });
                });
    }

    private Settings settings(SettingReader reader) {
        var runtimeDir =
                reader.one(Setting.RUNTIME_DIR, Values::path, RuntimeDirectory.defaultFor(environment), Path::toString);
        var node = new NodeSettingsReader(reader, environment).read(isFirst);
        var listeners = new ListenerSettings(reader).read();
        var forwards = new ForwardSettings(reader).read(listeners);
        return new Settings(
                node,
                listeners,
                forwards,
                users(reader),
                new ExposeSettings(reader).read(),
                new UpstreamReader(reader, environment).read(listeners.all()),
                new OtlpReader(reader, environment).read(),
                new PolicyReader(reader).read(policySection),
                internet(reader, node.exitNode()),
                runtimeDir,
                new LocalApiSettings(reader).read(runtimeDir),
                reader.one(
                        Setting.DRAIN_TIMEOUT,
                        ConfigurationLoader::drainTimeout,
                        Duration.ofSeconds(10),
                        Values::print),
                notifyFd(reader),
                new LimitSettings(reader).read(),
                new AuditReader(reader).read(),
                reader.one(Setting.LOG_LEVEL, constant(LogLevel.class), LogLevel.INFO, Values::name),
                reader.one(Setting.LOG_FORMAT, constant(LogFormat.class), LogFormat.TEXT, Values::name));
    }

    private static Optional<Users> users(SettingReader reader) {
        return reader.optional(Setting.USERS_FILE, NONE)
                .flatMap(given -> reader.parse(given, Values::path)
                        .flatMap(file -> new UsersFile(reader.findings()).read(file, given.source())));
    }

    /** What was asked for; an exit node that may change while the agent runs is followed without being asked for here. */
    private static Internet internet(SettingReader reader, Optional<String> exitNode) {
        var fallback = exitNode.isPresent() ? Internet.EXIT_NODE : Internet.DIRECT;
        var internet = reader.one(Setting.INTERNET, constant(Internet.class), fallback, Values::name);
        reader.given(Setting.INTERNET).ifPresent(given -> {
            if (internet == Internet.EXIT_NODE && exitNode.isEmpty()) {
                reader.findings().problem(given.source(), "which one? Give --exit-node=NAME as well");
            }
            if (internet != Internet.EXIT_NODE && exitNode.isPresent()) {
                reader.findings()
                        .problem(
                                given.source(),
                                "an exit node that nothing may use: leave out either " + Setting.EXIT_NODE.flag()
                                        + " or this");
            }
        });
        return reader.given(Setting.INTERNET).isPresent() ? internet : Internet.DIRECT;
    }

    /** Every key and password in arguments or environment, also one that a stronger source made useless. */
    private List<Secret> exposed() {
        var exposed = new LinkedHashSet<String>();
        flags.values().forEach((setting, values) -> {
            if (CredentialReader.isSecret(setting)) {
                exposed.addAll(values);
            }
        });
        all.stream()
                .filter(given -> CredentialReader.isSecret(given.setting())
                        && given.source().layer() == Source.Layer.ENVIRONMENT)
                .forEach(given -> exposed.add(given.value()));
        EnvironmentNames.secrets()
                .forEach(name -> exposed.add(environment.getOrDefault(name, "").strip()));
        var keys = exposed.stream()
                .filter(value -> !value.isEmpty() && !SecretFile.isReference(value))
                .map(Secret::of);
        return Stream.of(keys, exposedProxies(), exposedHeaders())
                .flatMap(Function.identity())
                .toList();
    }

    private Stream<Secret> exposedProxies() {
        return Stream.concat(
                        flags.values().getOrDefault(Setting.UPSTREAM_PROXY, List.of()).stream(),
                        Stream.of(environment.getOrDefault(Setting.UPSTREAM_PROXY.variable(), "")))
                .distinct()
                .flatMap(url -> ProxyUrl.secret(url).stream());
    }

    private Stream<Secret> exposedHeaders() {
        return Stream.concat(
                        flags.values().getOrDefault(Setting.OTLP_HEADERS, List.of()).stream(),
                        OtlpReader.secretVariables().stream().map(name -> environment.getOrDefault(name, "")))
                .map(String::strip)
                .filter(headers -> !headers.isEmpty() && !SecretFile.isReference(headers))
                .distinct()
                .map(Secret::of);
    }

    private static Optional<Integer> notifyFd(SettingReader reader) {
        return reader.optional(Setting.NOTIFY_FD, NONE)
                .flatMap(given -> reader.parse(given, ConfigurationLoader::fileDescriptor));
    }

    private static int fileDescriptor(String text) {
        try {
            var number = Integer.parseInt(text);
            if (number > 2) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no file descriptor that can be had: write a number from 3 on");
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
