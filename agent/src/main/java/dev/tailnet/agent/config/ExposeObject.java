package dev.tailnet.agent.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * An item of {@code expose} in a file that has keys of its own: {@code port}, {@code to}, {@code from} and
 * {@code proxy-protocol}. It becomes the text that a flag would have.
 */
final class ExposeObject {
    private static final List<String> KEYS = List.of("port", "to", "from", "proxy-protocol");

    private final JsonParser parser;
    private final Function<JsonParser, Source> line;
    private final Findings findings;
    private String port = "";
    private String to = "";
    private final List<String> from = new ArrayList<>();
    private boolean proxyProtocol;

    private ExposeObject(JsonParser parser, Function<JsonParser, Source> line, Findings findings) {
        this.parser = parser;
        this.line = line;
        this.findings = findings;
    }

    /** Reads to the end of the object that has just begun; everything wrong with it goes to the findings. */
    static Optional<String> read(JsonParser parser, Function<JsonParser, Source> line, Findings findings) {
        var source = line.apply(parser);
        var object = new ExposeObject(parser, line, findings);
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            object.readEntry();
        }
        if (object.port.isEmpty()) {
            findings.problem(source, "expose: an item without port");
            return Optional.empty();
        }
        return Optional.of(object.text());
    }

    private void readEntry() {
        var key = parser.currentName();
        var source = line.apply(parser);
        var values = readValues(key, source);
        if (values.size() > 1 && !key.equals("from")) {
            findings.problem(source, "expose: " + key + " takes one value, not a list");
            return;
        }
        var value = values.isEmpty() ? "" : values.getFirst();
        switch (key) {
            case "port" -> port = value;
            case "to" -> to = value;
            case "from" -> from.addAll(values);
            case "proxy-protocol" -> {
                try {
                    proxyProtocol = !value.isEmpty() && Values.bool(value);
                } catch (IllegalArgumentException e) {
                    findings.problem(source, "expose: " + key + ": " + e.getMessage());
                }
            }
            default -> findings.problem(source, "expose: unknown key '" + key + "'" + Suggestions.phrase(key, KEYS));
        }
    }

    private List<String> readValues(String key, Source source) {
        var token = parser.nextToken();
        if (token == JsonToken.START_ARRAY) {
            List<String> values = new ArrayList<>();
            while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
                readScalar(token, key, source).ifPresent(values::add);
            }
            return values;
        }
        return readScalar(token, key, source).map(List::of).orElse(List.of());
    }

    private Optional<String> readScalar(JsonToken token, String key, Source source) {
        if (!token.isScalarValue()) {
            findings.problem(source, "expose: " + key + " takes no keys or lists of its own");
            parser.skipChildren();
            return Optional.empty();
        }
        var value = token == JsonToken.VALUE_NULL ? "" : parser.getString().strip();
        if (value.indexOf(',') >= 0) {
            findings.problem(source, "expose: " + key + ": a comma has no place in '" + value + "'");
            return Optional.empty();
        }
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    private String text() {
        var text = new StringBuilder(port);
        if (!to.isEmpty()) {
            text.append('=').append(to);
        }
        from.forEach(peer -> text.append(",from=").append(peer));
        return text.append(proxyProtocol ? ",proxy-protocol" : "").toString();
    }
}
