package dev.tailnet.agent.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads TS_EXTRA_ARGS, the arguments of {@code tailscale up}. */
final class ExtraArguments {
    private static final String VARIABLE = "TS_EXTRA_ARGS";

    private static final Set<Setting> OF_UP = Set.of(
            Setting.AUTH_KEY,
            Setting.CLIENT_SECRET,
            Setting.CLIENT_ID,
            Setting.ID_TOKEN,
            Setting.AUDIENCE,
            Setting.LOGIN_SERVER,
            Setting.HOSTNAME,
            Setting.ADVERTISE_TAGS,
            Setting.ADVERTISE_ROUTES,
            Setting.ACCEPT_ROUTES,
            Setting.ACCEPT_DNS,
            Setting.SHIELDS_UP,
            Setting.OPERATOR,
            Setting.EXIT_NODE);

    /** Those that {@code tailscale up} takes empty, for none. */
    private static final Set<Setting> MAY_BE_EMPTY = Set.of(Setting.ADVERTISE_ROUTES, Setting.EXIT_NODE);

    /** Flags of {@code tailscale up} without an effect here: the agent does so anyway, or it has nothing of the kind. */
    private static final Set<String> ACCEPTED_SWITCHES =
            Set.of("reset", "force-reauth", "json", "qr", "snat-subnet-routes", "stateful-filtering", "host-routes");

    private static final Set<String> ACCEPTED_VALUES =
            Set.of("accept-risk", "netfilter-mode", "timeout", "nickname", "qr-format");

    private static final Set<String> UNSUPPORTED_SWITCHES = Set.of(
            "advertise-connector",
            "advertise-exit-node",
            "exit-node-allow-lan-access",
            "report-posture",
            "ssh",
            "unattended",
            "webclient");

    private static final Set<String> UNSUPPORTED_VALUES = Set.of("relay-server-port");

    private final Findings findings;
    private final List<Given> given = new ArrayList<>();

    private ExtraArguments(Findings findings) {
        this.findings = findings;
    }

    static List<Given> parse(String text, Findings findings) {
        var arguments = new ExtraArguments(findings);
        new GoFlags(VARIABLE, "tailscale up", ExtraArguments::isSwitch, findings).read(text, arguments::take);
        // The last one given wins, as in a shell.
        return arguments.given.reversed();
    }

    private static Optional<Setting> setting(String name) {
        return OF_UP.stream().filter(known -> known.isCalled(name)).findFirst();
    }

    private static boolean isSwitch(String name) {
        return ACCEPTED_SWITCHES.contains(name)
                || UNSUPPORTED_SWITCHES.contains(name)
                || setting(name).filter(Setting::isSwitch).isPresent();
    }

    private void take(String name, Optional<String> value, Source source) {
        var setting = setting(name);
        if (setting.isPresent()) {
            value.filter(text -> !text.isEmpty() || MAY_BE_EMPTY.contains(setting.get()))
                    .ifPresent(text -> given.add(Given.of(setting.get(), text, source)));
        } else if (UNSUPPORTED_SWITCHES.contains(name) || UNSUPPORTED_VALUES.contains(name)) {
            value.filter(text -> !text.isEmpty() && !(isSwitch(name) && text.equals("false")))
                    .ifPresent(text -> findings.warning(source, "not supported, and ignored"));
        } else if (!ACCEPTED_SWITCHES.contains(name) && !ACCEPTED_VALUES.contains(name)) {
            findings.problem(source, "unknown" + Suggestions.phrase("--" + name, knownFlags()));
        }
    }

    private static List<String> knownFlags() {
        var ofSettings = OF_UP.stream().map(Setting::key);
        var others = Stream.of(ACCEPTED_SWITCHES, ACCEPTED_VALUES, UNSUPPORTED_SWITCHES, UNSUPPORTED_VALUES)
                .flatMap(Collection::stream);
        return Stream.concat(ofSettings, others).map(name -> "--" + name).toList();
    }
}
