package dev.tailnet.agent.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON object, read without data binding, which would take longer to load than the answer to arrive. What is absent
 * or of another type reads as empty: the agent may be of another version.
 */
final class Json {
    private final Map<String, @Nullable Object> members;

    private Json(Map<String, @Nullable Object> members) {
        this.members = members;
    }

    /** @throws ControlException if it is no JSON object */
    static Json parse(String text) throws ControlException {
        try (var parser = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                return object(parser);
            }
            throw new ControlException("the agent answered something else than a JSON object");
        } catch (JacksonException e) {
            throw new ControlException("the agent answered broken JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Json object(JsonParser parser) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = parser.currentName();
            members.put(name, value(parser, parser.nextToken()));
        }
        return new Json(members);
    }

    private static @Nullable Object value(JsonParser parser, JsonToken token) {
        if (token == JsonToken.START_OBJECT) {
            return object(parser);
        }
        if (token == JsonToken.START_ARRAY) {
            var items = new ArrayList<@Nullable Object>();
            for (var item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
                items.add(value(parser, item));
            }
            return items;
        }
        return switch (token) {
            case VALUE_NULL -> null;
            case VALUE_STRING -> parser.getString();
            default -> new Literal(parser.getString());
        };
    }

    /** A number or a boolean, as it was written. */
    record Literal(String text) {}

    /** A copy with one member set, at the end if it is new. */
    Json with(String name, @Nullable Object value) {
        var copy = new LinkedHashMap<>(members);
        copy.put(name, value);
        return new Json(copy);
    }

    /** A copy without the members of an object member that do not match. */
    Json filtered(String name, Predicate<Json> filter) {
        var kept = new LinkedHashMap<String, @Nullable Object>();
        object(name).members.forEach((key, value) -> {
            if (!(value instanceof Json object) || filter.test(object)) {
                kept.put(key, value);
            }
        });
        return with(name, new Json(kept));
    }

    Map<String, @Nullable Object> members() {
        return Collections.unmodifiableMap(members);
    }

    /** The members that are objects, as in a map of them. */
    List<Json> values() {
        return members.values().stream()
                .filter(Json.class::isInstance)
                .map(Json.class::cast)
                .toList();
    }

    boolean has(String name) {
        return members.get(name) != null;
    }

    Json object(String name) {
        return members.get(name) instanceof Json object ? object : new Json(Map.of());
    }

    /** A string, number or boolean as text. */
    Optional<String> text(String name) {
        return scalar(members.get(name)).filter(text -> !text.isEmpty());
    }

    private static Optional<String> scalar(@Nullable Object value) {
        return switch (value) {
            case String text -> Optional.of(text);
            case Literal literal -> Optional.of(literal.text());
            case null, default -> Optional.empty();
        };
    }

    /** A whole number; 0 if it is none. */
    long number(String name) {
        try {
            return text(name).map(Long::parseLong).orElse(0L);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    boolean isTrue(String name) {
        return text(name).filter("true"::equals).isPresent();
    }

    List<String> texts(String name) {
        return items(name).stream().map(Json::scalar).flatMap(Optional::stream).toList();
    }

    List<Json> objects(String name) {
        return items(name).stream()
                .filter(Json.class::isInstance)
                .map(Json.class::cast)
                .toList();
    }

    private List<?> items(String name) {
        return members.get(name) instanceof List<?> items ? items : List.of();
    }
}
