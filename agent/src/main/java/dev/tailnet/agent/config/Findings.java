package dev.tailnet.agent.config;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong and what deserves a warning, so that all of it is shown at once. */
final class Findings {
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    void problem(Source source, String message) {
        problem(source.text() + ": " + message);
    }

    void problem(String message) {
        problems.add(message);
    }

    void warning(Source source, String message) {
        warning(source.text() + ": " + message);
    }

    void warning(String message) {
        warnings.add(message);
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }
}
