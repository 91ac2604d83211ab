package dev.tailnet.agent.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JsonToken;

/** Reads the values of keys, one or a list of them, and notes what is wrong by line and column. */
final class ItemReader {
    private final List<PolicyProblem> problems;

    ItemReader(List<PolicyProblem> problems) {
        this.problems = problems;
    }

    /** The value of the key at hand. */
    <T> Optional<T> one(Tokens tokens, String key, Function<String, T> reader) {
        JsonToken token = tokens.next();
        if (!token.isScalarValue()) {
            problem(tokens, key + " takes one value");
            tokens.skipChildren();
            return Optional.empty();
        }
        return item(tokens, key, reader);
    }

    /** The values of the key at hand, which may be a single one. */
    <T> List<T> list(Tokens tokens, String key, Function<String, T> reader) {
        JsonToken token = tokens.next();
        List<T> items = new ArrayList<>(1);
        if (token == JsonToken.START_ARRAY) {
            int found = 0;
            while ((token = tokens.next()) != JsonToken.END_ARRAY) {
                found++;
                if (token.isScalarValue()) {
                    item(tokens, key, reader).ifPresent(items::add);
                } else {
                    problem(tokens, key + " takes a list of plain values");
                    tokens.skipChildren();
                }
            }
            if (found == 0) {
                problem(tokens, key + " is an empty list: leave the key out for no restriction");
            }
        } else if (token.isScalarValue()) {
            item(tokens, key, reader).ifPresent(items::add);
        } else {
            problem(tokens, key + " takes a value or a list of values");
            tokens.skipChildren();
        }
        return items;
    }

    private <T> Optional<T> item(Tokens tokens, String key, Function<String, T> reader) {
        try {
            return Optional.of(reader.apply(text(tokens)));
        } catch (IllegalArgumentException e) {
            problem(tokens, key + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private static String text(Tokens tokens) {
        if (tokens.current() == JsonToken.VALUE_NULL) {
            throw new IllegalArgumentException("there is no value");
        }
        if (tokens.isAlias()) {
            throw new IllegalArgumentException(YamlTrouble.STAR);
        }
        return tokens.text().strip();
    }

    void problem(Tokens tokens, String text) {
        problem(tokens.line(), tokens.column(), text);
    }

    void problem(int line, int column, String text) {
        problems.add(new PolicyProblem(line, column, text));
    }
}
