package dev.tailnet.agent.config;

import dev.tailnet.agent.config.Configuration.Effective;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes the effective configuration as YAML. */
final class ConfigurationPrinter {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/][A-Za-z0-9/._+-]*(:[A-Za-z0-9/._+-]+)*");

    private ConfigurationPrinter() {}

    static String print(List<Effective> effective) {
        return effective.stream()
                .map(setting -> setting.setting().key() + ": " + value(setting) + "  # " + setting.source() + "\n")
                .collect(Collectors.joining());
    }

    private static String value(Effective effective) {
        var items =
                effective.values().stream().map(ConfigurationPrinter::quoted).toList();
        return effective.setting().isList()
                ? items.stream().collect(Collectors.joining(", ", "[", "]"))
                : items.getFirst();
    }

    private static String quoted(String value) {
        return PLAIN.matcher(value).matches()
                ? value
                : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
