package dev.tailnet.agent.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads TS_TAILSCALED_EXTRA_ARGS, the arguments of {@code tailscaled}. */
final class DaemonArguments {
    private static final String VARIABLE = "TS_TAILSCALED_EXTRA_ARGS";

    private static final Map<String, Setting> SETTINGS = settings();

    private static final Set<String> ACCEPTED_SWITCHES = Set.of("no-logs-no-support", "encrypt-state");
    private static final Set<String> UNSUPPORTED_SWITCHES = Set.of("cleanup", "version", "hardware-attestation");
    private static final Set<String> UNSUPPORTED_VALUES = Set.of("bird-socket", "config", "debug", "verbose");

    private final Findings findings;
    private final List<Given> given = new ArrayList<>();

    private DaemonArguments(Findings findings) {
        this.findings = findings;
    }

    private static Map<String, Setting> settings() {
        var settings = new LinkedHashMap<String, Setting>();
        settings.put("socket", Setting.SOCKET);
        settings.put("statedir", Setting.STATE_DIR);
        settings.put("port", Setting.PORT);
        settings.put("socks5-server", Setting.SOCKS5_LISTEN);
        settings.put("outbound-http-proxy-listen", Setting.HTTP_LISTEN);
        return settings;
    }

    static List<Given> parse(String text, Findings findings) {
        var arguments = new DaemonArguments(findings);
        new GoFlags(
                        VARIABLE,
                        "tailscaled",
                        name -> ACCEPTED_SWITCHES.contains(name) || UNSUPPORTED_SWITCHES.contains(name),
                        findings)
                .read(text, arguments::take);
        return arguments.given.reversed();
    }

    private void take(String name, Optional<String> value, Source source) {
        if (value.isEmpty()) {
            return;
        }
        var text = value.get();
        var setting = SETTINGS.get(name);
        if (setting != null) {
            if (!text.isEmpty()) {
                given.add(Given.of(setting, text, source));
            }
        } else if (name.equals("state")) {
            TailscaledFlags.stateDirectory(text)
                    .ifPresentOrElse(
                            directory -> given.add(Given.of(Setting.STATE_DIR, directory, source)),
                            () -> findings.problem(source, TailscaledFlags.stateProblem(text)));
        } else if (name.equals("tun")) {
            TailscaledFlags.tunProblem(text).ifPresent(problem -> findings.problem(source, problem));
        } else if (UNSUPPORTED_SWITCHES.contains(name) || UNSUPPORTED_VALUES.contains(name)) {
            findings.warning(
                    source, "not supported, and ignored" + (name.equals("verbose") ? ": use --log-level" : ""));
        } else if (!ACCEPTED_SWITCHES.contains(name)) {
            findings.problem(source, "unknown flag of tailscaled" + Suggestions.phrase("--" + name, known()));
        }
    }

    private static List<String> known() {
        var names = new ArrayList<>(SETTINGS.keySet());
        names.addAll(List.of("state", "tun"));
        names.addAll(ACCEPTED_SWITCHES);
        names.addAll(UNSUPPORTED_SWITCHES);
        names.addAll(UNSUPPORTED_VALUES);
        return names.stream().map(name -> "--" + name).toList();
    }
}
