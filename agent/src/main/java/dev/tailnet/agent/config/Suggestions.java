package dev.tailnet.agent.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that was probably meant. */
public final class Suggestions {
    private Suggestions() {}

    /** Returns {@code "; did you mean X?"}, or nothing when no name is close. */
    public static String phrase(String unknown, Collection<String> known) {
        return closest(unknown, known)
                .map(name -> "; did you mean " + name + "?")
                .orElse("");
    }

    static Optional<String> closest(String unknown, Collection<String> known) {
        var limit = Math.max(2, unknown.length() / 3);
        return known.stream()
                .filter(name -> distance(unknown, name) <= limit)
                .min(Comparator.comparingInt(name -> distance(unknown, name)));
    }

    /** The Levenshtein distance. */
    private static int distance(String from, String to) {
        var previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            var current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                var substitution = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
