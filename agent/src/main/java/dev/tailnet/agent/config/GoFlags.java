package dev.tailnet.agent.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Arguments in a variable, as Go's flag package reads them: one or two dashes, {@code --name=value} or {@code --name value},
 * booleans bare or with {@code =}; {@code --} ends them.
 */
final class GoFlags {

    /** Takes one flag. */
    interface Taker {
        /** @param value empty when there is none, which is a problem that has been noted */
        void take(String name, Optional<String> value, Source source);
    }

    private final String variable;
    private final String command;
    private final Predicate<String> isSwitch;
    private final Findings findings;

    /**
     * @param variable where the arguments stand
     * @param command whose arguments they are
     * @param isSwitch whether a flag is a boolean
     */
    GoFlags(String variable, String command, Predicate<String> isSwitch, Findings findings) {
        this.variable = variable;
        this.command = command;
        this.isSwitch = isSwitch;
        this.findings = findings;
    }

    void read(String text, Taker taker) {
        List<String> words;
        try {
            words = ShellWords.split(text);
        } catch (IllegalArgumentException e) {
            findings.problem(Source.variable(variable), String.valueOf(e.getMessage()));
            return;
        }
        var rest = words.iterator();
        while (rest.hasNext()) {
            var word = rest.next();
            if (word.equals("--") && !rest.hasNext()) {
                return;
            }
            if (!word.startsWith("-") || word.equals("-") || word.equals("--")) {
                findings.problem(
                        Source.variable(variable), "'" + word + "' is no flag: " + command + " takes no arguments");
                continue;
            }
            var flag = word.substring(word.startsWith("--") ? 2 : 1);
            var equals = flag.indexOf('=');
            var name = equals < 0 ? flag : flag.substring(0, equals);
            var source = Source.argument("--" + name, variable);
            if (equals >= 0) {
                taker.take(name, Optional.of(flag.substring(equals + 1)), source);
            } else if (isSwitch.test(name)) {
                taker.take(name, Optional.of("true"), source);
            } else if (rest.hasNext()) {
                taker.take(name, Optional.of(rest.next()), source);
            } else {
                findings.problem(source, "has no value");
                taker.take(name, Optional.empty(), source);
            }
        }
    }
}
