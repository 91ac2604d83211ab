package dev.tailnet.agent.policy;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a parser of YAML says, in words that help. */
public final class YamlTrouble {
    public static final String STAR = "what begins with * has to stand in quotes, as in '*.example.com'";

    private static final Pattern TWICE = Pattern.compile("Duplicate Object property \"(.*?)\"");

    private static final List<Known> KNOWN = List.of(
            new Known("scanning an alias", STAR),
            new Known(
                    "scanning for the next token",
                    "a tab, or a character that nothing may begin with: indent with spaces, and put a value that begins with"
                            + " @, % or ` in quotes"),
            new Known("scanning a simple key", "a key without a colon behind it: write KEY: VALUE"),
            new Known(
                    "mapping values are not allowed",
                    "a second colon in the line, or a line indented too far: put a value that has a colon in quotes"),
            new Known("scanning a quoted scalar", "a quote that is not closed"),
            new Known("parsing a flow", "a bracket that is not closed, or a comma that is missing"),
            new Known("parsing a block", "a line that is not indented like those it belongs to"));

    /**
     * A message of the parser.
     *
     * @param part that its first line has
     */
    private record Known(String part, String words) {}

    private YamlTrouble() {}

    /** @param message of the parser; its first line counts */
    public static String explain(String message) {
        String first = message.lines().findFirst().orElse(message);
        Matcher twice = TWICE.matcher(first);
        if (twice.find()) {
            return twice.group(1) + " was given before";
        }
        return "not valid YAML: "
                + KNOWN.stream()
                        .filter(known -> first.contains(known.part()))
                        .map(Known::words)
                        .findFirst()
                        .orElse(first);
    }
}
