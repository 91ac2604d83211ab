package dev.tailnet.agent.config;

import java.util.Arrays;
import java.util.List;

/** The items of a setting that takes several: repeated, comma-separated, or both. */
final class ListValues {
    private ListValues() {}

    static List<String> items(Given given) {
        return given.values().stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }
}
