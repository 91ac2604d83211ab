package dev.tailnet.agent.config;

import java.util.List;
import java.util.Map;

/**
 * What the command line says.
 *
 * @param values each setting given, with its values in order
 * @param spellings the flag that gave a setting, as it was written, if that is not the setting's own: {@code --control-url}
 * @param problems what else was wrong with the command line: it is shown with the other problems
 */
public record Flags(Map<Setting, List<String>> values, Map<Setting, String> spellings, List<String> problems) {

    public Flags {
        values = Map.copyOf(values);
        spellings = Map.copyOf(spellings);
        problems = List.copyOf(problems);
    }

    /** Where each setting was given by its own name. */
    public Flags(Map<Setting, List<String>> values, List<String> problems) {
        this(values, Map.of(), problems);
    }

    Source source(Setting setting) {
        return Source.flag(spellings.getOrDefault(setting, setting.flag()));
    }

    /** Names only: a value may be a key. */
    @Override
    public String toString() {
        return "Flags" + values.keySet();
    }
}
