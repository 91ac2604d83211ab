package dev.tailnet.agent.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        return token == JsonToken.VALUE_NULL ? null : parser.getString();
    }

    Json object(String name) {
        return members.get(name) instanceof Json object ? object : new Json(Map.of());
    }

    /** A string, number or boolean as text. */
    Optional<String> text(String name) {
        return members.get(name) instanceof String text && !text.isEmpty() ? Optional.of(text) : Optional.empty();
    }

    boolean isTrue(String name) {
        return text(name).filter("true"::equals).isPresent();
    }

    List<String> texts(String name) {
        return items(name, String.class);
    }

    List<Json> objects(String name) {
        return items(name, Json.class);
    }

    private <T> List<T> items(String name, Class<T> type) {
        return members.get(name) instanceof List<?> items
                ? items.stream().filter(type::isInstance).map(type::cast).toList()
                : List.of();
    }
}
