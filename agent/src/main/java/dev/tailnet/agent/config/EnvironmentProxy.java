package dev.tailnet.agent.config;

import dev.tailnet.proxy.dial.upstream.NoProxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The proxy that the environment names for programs in general, taken only when asked for: it may well be this agent. */
final class EnvironmentProxy {
    /** The value of --upstream-proxy that asks for it. */
    static final String ASKED = "env";

    /** In the order in which they are looked at, each also in lower case. */
    static final List<String> NAMES = List.of("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY");

    static final String EXEMPTIONS = "NO_PROXY";

    private EnvironmentProxy() {}

    static Optional<Map.Entry<String, String>> in(Map<String, String> environment) {
        return NAMES.stream().flatMap(name -> value(environment, name).stream()).findFirst();
    }

    /** What NO_PROXY exempts; an item that is none of ours to understand is a warning, as other programs may. */
    static List<String> noProxy(Map<String, String> environment, Findings findings) {
        var items = new ArrayList<String>();
        value(environment, EXEMPTIONS)
                .ifPresent(variable -> Arrays.stream(variable.getValue().split("[,\\s]+"))
                        .filter(item -> !item.isEmpty())
                        .forEach(item -> {
                            try {
                                NoProxy.of(List.of(item));
                                items.add(item);
                            } catch (IllegalArgumentException e) {
                                findings.warning(Source.variable(variable.getKey()), e.getMessage() + "; ignored");
                            }
                        }));
        return items;
    }

    private static Optional<Map.Entry<String, String>> value(Map<String, String> environment, String name) {
        return Stream.of(name, name.toLowerCase(Locale.ROOT))
                .map(spelling -> Map.entry(
                        spelling, environment.getOrDefault(spelling, "").strip()))
                .filter(variable -> !variable.getValue().isEmpty())
                .findFirst();
    }
}
