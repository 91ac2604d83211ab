package dev.tailnet.agent.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads TS_EXTRA_ARGS, the arguments of {@code tailscale up}: one or two dashes, {@code --name=value} or
 * {@code --name value}, booleans bare or with {@code =}.
 */
final class ExtraArguments {
    private static final Set<Setting> OF_UP = Set.of(
            Setting.AUTH_KEY,
            Setting.LOGIN_SERVER,
            Setting.HOSTNAME,
            Setting.ADVERTISE_TAGS,
            Setting.ACCEPT_ROUTES,
            Setting.EXIT_NODE);

    /** Flags of {@code tailscale up} without an effect here: the agent does so anyway, or it has nothing of the kind. */
    private static final Set<String> ACCEPTED_SWITCHES =
            Set.of("accept-dns", "reset", "force-reauth", "json", "qr", "snat-subnet-routes", "stateful-filtering");

    private static final Set<String> ACCEPTED_VALUES =
            Set.of("accept-risk", "netfilter-mode", "operator", "timeout", "nickname");

    private static final Set<String> UNSUPPORTED_SWITCHES = Set.of(
            "advertise-connector",
            "advertise-exit-node",
            "exit-node-allow-lan-access",
            "report-posture",
            "shields-up",
            "ssh",
            "unattended",
            "webclient");

    private static final Set<String> UNSUPPORTED_VALUES =
            Set.of("advertise-routes", "audience", "client-id", "client-secret", "id-token", "relay-server-port");

    private final List<String> words;
    private final Findings findings;
    private final List<Given> given = new ArrayList<>();
    private int next;

    private ExtraArguments(List<String> words, Findings findings) {
        this.words = words;
        this.findings = findings;
    }

    static List<Given> parse(String text, Findings findings) {
        try {
            var arguments = new ExtraArguments(ShellWords.split(text), findings);
            arguments.readAll();
            // The last one given wins, as in a shell.
            return arguments.given.reversed();
        } catch (IllegalArgumentException e) {
            findings.problem(Source.variable("TS_EXTRA_ARGS"), String.valueOf(e.getMessage()));
            return List.of();
        }
    }

    private void readAll() {
        while (next < words.size()) {
            var word = words.get(next++);
            if (!word.startsWith("-")) {
                findings.problem(
                        Source.variable("TS_EXTRA_ARGS"), "'" + word + "' is no flag: tailscale up takes no arguments");
                continue;
            }
            var text = word.substring(word.startsWith("--") ? 2 : 1);
            var equals = text.indexOf('=');
            read(
                    equals < 0 ? text : text.substring(0, equals),
                    equals < 0 ? Optional.empty() : Optional.of(text.substring(equals + 1)));
        }
    }

    private void read(String name, Optional<String> attached) {
        var source = Source.extraArgument("--" + name);
        var setting = OF_UP.stream().filter(known -> known.isCalled(name)).findFirst();
        if (setting.isPresent()) {
            var isSwitch = setting.get().isSwitch();
            value(isSwitch, attached, source)
                    .filter(value -> !value.isEmpty())
                    .ifPresent(value -> given.add(Given.of(setting.get(), value, source)));
        } else if (ACCEPTED_SWITCHES.contains(name) || ACCEPTED_VALUES.contains(name)) {
            value(ACCEPTED_SWITCHES.contains(name), attached, source);
        } else if (UNSUPPORTED_SWITCHES.contains(name) || UNSUPPORTED_VALUES.contains(name)) {
            var isSwitch = UNSUPPORTED_SWITCHES.contains(name);
            value(isSwitch, attached, source)
                    .filter(value -> !value.isEmpty() && !(isSwitch && value.equals("false")))
                    .ifPresent(value -> findings.warning(source, "not supported, and ignored"));
        } else {
            findings.problem(source, "unknown" + Suggestions.phrase("--" + name, knownFlags()));
        }
    }

    private Optional<String> value(boolean isSwitch, Optional<String> attached, Source source) {
        if (attached.isPresent()) {
            return attached;
        }
        if (isSwitch) {
            return Optional.of("true");
        }
        if (next == words.size()) {
            findings.problem(source, "has no value");
            return Optional.empty();
        }
        return Optional.of(words.get(next++));
    }

    private static List<String> knownFlags() {
        var ofSettings = OF_UP.stream().map(Setting::key);
        var others = Stream.of(ACCEPTED_SWITCHES, ACCEPTED_VALUES, UNSUPPORTED_SWITCHES, UNSUPPORTED_VALUES)
                .flatMap(Collection::stream);
        return Stream.concat(ofSettings, others).map(name -> "--" + name).toList();
    }
}
