package dev.tailnet.agent.config;

import java.util.List;
import java.util.Map;

/**
 * What the command line says.
 *
 * @param values each setting given, with its values in order
 * @param problems what else was wrong with the command line: it is shown with the other problems
 */
public record Flags(Map<Setting, List<String>> values, List<String> problems) {

    public Flags {
        values = Map.copyOf(values);
        problems = List.copyOf(problems);
    }

    /** Names only: a value may be a key. */
    @Override
    public String toString() {
        return "Flags" + values.keySet();
    }
}
