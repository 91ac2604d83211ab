package dev.tailnet.agent.cli;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/** Writes JSON in the shape of Go's {@code json.MarshalIndent}: {@link Json}, maps, lists, strings, numbers, booleans and null. */
final class JsonWriter {
    private final String indent;
    private final StringBuilder text = new StringBuilder();

    private JsonWriter(String indent) {
        this.indent = indent;
    }

    /** On one line. */
    static String write(@Nullable Object value) {
        return write(value, "");
    }

    /** @param indent for each level; empty for one line */
    static String write(@Nullable Object value, String indent) {
        var writer = new JsonWriter(indent);
        writer.value(value, "\n");
        return writer.text.toString();
    }

    private void value(@Nullable Object value, String newline) {
        switch (value) {
            case null -> text.append("null");
            case Json object -> members(object.members(), newline);
            case Map<?, ?> map -> members(map, newline);
            case List<?> list -> items(list, newline);
            case Json.Literal literal -> text.append(literal.text());
            case Boolean truth -> text.append(truth.booleanValue());
            case Number number -> text.append(number);
            default -> string(value.toString());
        }
    }

    private void members(Map<?, ?> members, String newline) {
        text.append('{');
        Iterator<? extends Entry<?, ?>> entries = members.entrySet().iterator();
        while (entries.hasNext()) {
            var entry = entries.next();
            line(newline + indent);
            string(String.valueOf(entry.getKey()));
            text.append(indent.isEmpty() ? ":" : ": ");
            value(entry.getValue(), newline + indent);
            text.append(entries.hasNext() ? "," : "");
        }
        if (!members.isEmpty()) {
            line(newline);
        }
        text.append('}');
    }

    private void items(List<?> items, String newline) {
        text.append('[');
        var iterator = items.iterator();
        while (iterator.hasNext()) {
            line(newline + indent);
            value(iterator.next(), newline + indent);
            text.append(iterator.hasNext() ? "," : "");
        }
        if (!items.isEmpty()) {
            line(newline);
        }
        text.append(']');
    }

    private void line(String newline) {
        if (!indent.isEmpty()) {
            text.append(newline);
        }
    }

    private void string(String value) {
        text.append('"');
        value.chars().forEach(character -> {
            switch (character) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (character < ' ') {
                        text.append(String.format("\\u%04x", character));
                    } else {
                        text.append((char) character);
                    }
                }
            }
        });
        text.append('"');
    }
}
