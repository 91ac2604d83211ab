package dev.tailnet.agent.node;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Picks out of an {@code ipn.Notify} in JSON what {@link Notification} holds, and skips the rest. */
final class NotificationParser {
    /** Go's zero time: a key that never expires. */
    private static final Instant GO_ZERO = Instant.parse("0001-01-01T00:00:00Z");

    private final JsonFactory json = new JsonFactory();

    /** @throws tools.jackson.core.JacksonException if the text is not a JSON object */
    Notification parse(String notify) {
        IpnState state = null;
        String errorMessage = null;
        boolean loginFinished = false;
        String browseToUrl = null;
        SelfNode self = null;
        String removed = null;
        String credentialTrouble = null;
        boolean credentialRefused = false;
        Preferences preferences = null;
        Map<String, String> warnings = null;
        try (JsonParser parser = json.createParser(ObjectReadContext.empty(), notify)) {
            parser.nextToken();
            for (String field = parser.nextName(); field != null; field = parser.nextName()) {
                JsonToken value = parser.nextToken();
                if (value == JsonToken.VALUE_NULL) {
                    continue;
                }
                switch (field) {
                    case "State" -> state = IpnState.of(parser.getIntValue());
                    case "ErrMessage" -> errorMessage = parser.getString();
                    case "LoginFinished" -> {
                        loginFinished = true;
                        parser.skipChildren();
                    }
                    case "BrowseToURL" -> browseToUrl = parser.getString();
                    case "SelfChange" -> self = self(parser);
                    case "NodeRemoved" -> removed = parser.getString();
                    case "CredentialTrouble" -> credentialTrouble = parser.getString();
                    case "CredentialRefused" -> credentialRefused = parser.getBooleanValue();
                    case "Prefs" -> preferences = PreferencesParser.parse(parser);
                    case "Health" -> warnings = health(parser);
                    default -> parser.skipChildren();
                }
            }
        }
        return new Notification(
                state,
                errorMessage,
                loginFinished,
                browseToUrl,
                self,
                removed,
                credentialTrouble == null ? null : new CredentialTrouble(credentialTrouble, credentialRefused),
                preferences,
                warnings);
    }

    private static SelfNode self(JsonParser parser) {
        String name = "";
        List<String> addresses = new ArrayList<>();
        Instant keyExpiry = null;
        for (String field = parser.nextName(); field != null; field = parser.nextName()) {
            JsonToken value = parser.nextToken();
            switch (field) {
                case "Name" -> name = withoutTrailingDot(parser.getString());
                case "KeyExpiry" -> keyExpiry = instant(parser.getString());
                case "Addresses" -> {
                    while (value == JsonToken.START_ARRAY && parser.nextToken() != JsonToken.END_ARRAY) {
                        addresses.add(withoutPrefixLength(parser.getString()));
                    }
                }
                default -> parser.skipChildren();
            }
        }
        return new SelfNode(name, addresses, keyExpiry);
    }

    private static Map<String, String> health(JsonParser parser) {
        Map<String, String> warnings = new HashMap<>();
        for (String field = parser.nextName(); field != null; field = parser.nextName()) {
            if (parser.nextToken() == JsonToken.START_OBJECT && field.equals("Warnings")) {
                for (String code = parser.nextName(); code != null; code = parser.nextName()) {
                    parser.nextToken();
                    warnings.put(code, warning(parser));
                }
            } else {
                parser.skipChildren();
            }
        }
        return warnings;
    }

    private static String warning(JsonParser parser) {
        String text = "";
        String cause = null;
        for (String field = parser.nextName(); field != null; field = parser.nextName()) {
            JsonToken value = parser.nextToken();
            if (field.equals("Text")) {
                text = parser.getString();
            } else if (field.equals("Args") && value == JsonToken.START_OBJECT) {
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    parser.nextToken();
                    if (name.equals("error")) {
                        cause = parser.getString();
                    } else {
                        parser.skipChildren();
                    }
                }
            } else {
                parser.skipChildren();
            }
        }
        return cause == null ? text : cause;
    }

    private static @Nullable Instant instant(String text) {
        try {
            Instant instant = Instant.parse(text);
            return instant.equals(GO_ZERO) ? null : instant;
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static String withoutTrailingDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private static String withoutPrefixLength(String prefix) {
        int slash = prefix.indexOf('/');
        return slash < 0 ? prefix : prefix.substring(0, slash);
    }
}
