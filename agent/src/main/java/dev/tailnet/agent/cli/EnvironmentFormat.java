package dev.tailnet.agent.cli;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How variables are written for whom. */
enum EnvironmentFormat {
    /** For {@code eval "$(...)"} in bash, zsh, dash and every other POSIX shell. */
    BASH {
        @Override
        String print(Map<String, String> variables) {
            return lines(variables, "export %s=%s", value -> "'" + value.replace("'", "'\\''") + "'");
        }
    },
    /** For {@code ... | source} in fish. */
    FISH {
        @Override
        String print(Map<String, String> variables) {
            return lines(
                    variables,
                    "set -gx %s %s",
                    value -> "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'");
        }
    },
    /** One object of strings. */
    JSON {
        @Override
        String print(Map<String, String> variables) {
            return variables.entrySet().stream()
                    .map(variable -> "  \"" + variable.getKey() + "\": \"" + escaped(variable.getValue()) + "\"")
                    .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
        }
    },
    /**
     * Words for {@code docker run $(...) IMAGE}. A shell splits them at blanks and removes no quotes, so a value with a blank
     * cannot be among them.
     */
    DOCKER {
        @Override
        String print(Map<String, String> variables) {
            return variables.entrySet().stream()
                    .filter(variable -> !BLANK.matcher(variable.getValue()).find())
                    .map(variable -> "-e " + variable.getKey() + "=" + variable.getValue())
                    .collect(Collectors.joining(" ", "", "\n"));
        }
    },
    /** For a unit or a drop-in; see {@code Environment=} in systemd.exec(5). */
    SYSTEMD {
        @Override
        String print(Map<String, String> variables) {
            return variables.entrySet().stream()
                    .map(variable -> "Environment=\"" + variable.getKey() + "="
                            + escaped(variable.getValue()).replace("%", "%%") + "\"\n")
                    .collect(Collectors.joining());
        }
    };

    private static final Pattern BLANK = Pattern.compile("\\s");

    abstract String print(Map<String, String> variables);

    /** How a format quotes a value. */
    @FunctionalInterface
    private interface Quote {
        String of(String value);
    }

    private static String lines(Map<String, String> variables, String line, Quote quote) {
        return variables.entrySet().stream()
                .map(variable -> line.formatted(variable.getKey(), quote.of(variable.getValue())) + "\n")
                .collect(Collectors.joining());
    }

    /** Quotes and backslashes as JSON and systemd have them. */
    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
