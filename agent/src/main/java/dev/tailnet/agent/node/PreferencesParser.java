package dev.tailnet.agent.node;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Picks out of an {@code ipn.Prefs} what {@link Preferences} holds. */
final class PreferencesParser {
    private boolean wantRunning;
    private boolean loggedOut;
    private String controlUrl = "";
    private String hostname = "";
    private boolean acceptRoutes;
    private boolean acceptDns;
    private boolean shieldsUp;
    private List<String> advertiseRoutes = List.of();
    private List<String> advertiseTags = List.of();
    private String exitNodeId = "";
    private String exitNodeAddress = "";

    private PreferencesParser() {}

    /** @param parser at the beginning of the object; afterwards at its end */
    static Preferences parse(JsonParser parser) {
        var preferences = new PreferencesParser();
        for (String field = parser.nextName(); field != null; field = parser.nextName()) {
            preferences.take(field, parser.nextToken(), parser);
        }
        return new Preferences(
                preferences.wantRunning,
                preferences.loggedOut,
                preferences.controlUrl,
                preferences.hostname,
                preferences.acceptRoutes,
                preferences.acceptDns,
                preferences.shieldsUp,
                preferences.advertiseRoutes,
                preferences.advertiseTags,
                preferences.exitNodeId.isEmpty() ? preferences.exitNodeAddress : preferences.exitNodeId);
    }

    private void take(String field, JsonToken value, JsonParser parser) {
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        switch (field) {
            case "WantRunning" -> wantRunning = parser.getBooleanValue();
            case "LoggedOut" -> loggedOut = parser.getBooleanValue();
            case "ControlURL" -> controlUrl = parser.getString();
            case "Hostname" -> hostname = parser.getString();
            case "RouteAll" -> acceptRoutes = parser.getBooleanValue();
            case "CorpDNS" -> acceptDns = parser.getBooleanValue();
            case "ShieldsUp" -> shieldsUp = parser.getBooleanValue();
            case "AdvertiseRoutes" -> advertiseRoutes = strings(parser);
            case "AdvertiseTags" -> advertiseTags = strings(parser);
            case "ExitNodeID" -> exitNodeId = parser.getString();
            case "ExitNodeIP" -> exitNodeAddress = parser.getString();
            default -> parser.skipChildren();
        }
    }

    private static List<String> strings(JsonParser parser) {
        List<String> strings = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            strings.add(parser.getString());
        }
        return strings;
    }
}
