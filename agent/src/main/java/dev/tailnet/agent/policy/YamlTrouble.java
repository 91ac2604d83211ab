package dev.tailnet.agent.policy;

/** What a parser of YAML says, in words that help. */
public final class YamlTrouble {
    public static final String STAR = "what begins with * has to stand in quotes, as in '*.example.com'";

    private YamlTrouble() {}

    /** @param message of the parser; its first line counts */
    public static String explain(String message) {
        String first = message.lines().findFirst().orElse(message);
        return "not valid YAML: " + (first.contains("scanning an alias") ? STAR : first);
    }
}
