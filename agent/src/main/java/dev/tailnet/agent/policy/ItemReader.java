package dev.tailnet.agent.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.yaml.YAMLParser;

/** Reads the values of keys, one or a list of them, and notes what is wrong by line and column. */
final class ItemReader {
    private final List<PolicyProblem> problems;

    ItemReader(List<PolicyProblem> problems) {
        this.problems = problems;
    }

    /** The value of the key at hand. */
    <T> Optional<T> one(JsonParser parser, String key, Function<String, T> reader) {
        JsonToken token = parser.nextToken();
        if (!token.isScalarValue()) {
            problem(parser, key + " takes one value");
            parser.skipChildren();
            return Optional.empty();
        }
        return item(parser, key, reader);
    }

    /** The values of the key at hand, which may be a single one. */
    <T> List<T> list(JsonParser parser, String key, Function<String, T> reader) {
        JsonToken token = parser.nextToken();
        List<T> items = new ArrayList<>(1);
        if (token == JsonToken.START_ARRAY) {
            while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
                if (token.isScalarValue()) {
                    item(parser, key, reader).ifPresent(items::add);
                } else {
                    problem(parser, key + " takes a list of plain values");
                    parser.skipChildren();
                }
            }
            if (items.isEmpty()) {
                problem(parser, key + " is an empty list: leave the key out for no restriction");
            }
        } else if (token.isScalarValue()) {
            item(parser, key, reader).ifPresent(items::add);
        } else {
            problem(parser, key + " takes a value or a list of values");
            parser.skipChildren();
        }
        return items;
    }

    private <T> Optional<T> item(JsonParser parser, String key, Function<String, T> reader) {
        try {
            return Optional.of(reader.apply(text(parser)));
        } catch (IllegalArgumentException e) {
            problem(parser, key + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private static String text(JsonParser parser) {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            throw new IllegalArgumentException("there is no value");
        }
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw new IllegalArgumentException(YamlTrouble.STAR);
        }
        return parser.getString().strip();
    }

    void problem(JsonParser parser, String text) {
        var location = parser.currentTokenLocation();
        problem(location.getLineNr(), location.getColumnNr(), text);
    }

    void problem(int line, int column, String text) {
        problems.add(new PolicyProblem(Math.max(1, line), Math.max(1, column), text));
    }
}
