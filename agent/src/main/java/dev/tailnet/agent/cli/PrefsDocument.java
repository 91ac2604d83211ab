package dev.tailnet.agent.cli;

import dev.tailnet.agent.cli.prefs.AdvertisedRoutes;
import dev.tailnet.agent.cli.prefs.Preference;
import dev.tailnet.agent.cli.prefs.Preferences;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The LocalAPI's {@code ipn.Prefs}, read and changed.
 *
 * @param prefs what {@code GET prefs} answers
 * @param status the {@code ipnstate.Status}, to tell exit nodes' names from addresses; peers may be missing
 */
record PrefsDocument(Json prefs, Json status) {
    private static final String ROUTES = "AdvertiseRoutes";
    private static final String TAGS = "AdvertiseTags";
    private static final String AUTOMATIC = "auto:";

    Preferences read() {
        var values = new EnumMap<Preference, String>(Preference.class);
        for (var preference : Preference.values()) {
            values.put(preference, read(preference));
        }
        return new Preferences(values);
    }

    private String read(Preference preference) {
        return switch (preference) {
            case HOSTNAME -> text("Hostname");
            case ADVERTISE_TAGS -> String.join(",", prefs.texts(TAGS));
            case ACCEPT_ROUTES -> truth("RouteAll");
            case ACCEPT_DNS -> truth("CorpDNS");
            case EXIT_NODE -> exitNode();
            case EXIT_NODE_ALLOW_LAN_ACCESS -> truth("ExitNodeAllowLANAccess");
            case SHIELDS_UP -> truth("ShieldsUp");
            case ADVERTISE_ROUTES -> String.join(",", AdvertisedRoutes.networks(prefs.texts(ROUTES)));
            case ADVERTISE_EXIT_NODE -> String.valueOf(AdvertisedRoutes.isExitNode(prefs.texts(ROUTES)));
            case LOGIN_SERVER -> text("ControlURL");
            case OPERATOR -> text("OperatorUser");
        };
    }

    private String text(String key) {
        return prefs.text(key).orElse("");
    }

    private String truth(String key) {
        return String.valueOf(prefs.isTrue(key));
    }

    private String exitNode() {
        return prefs.text("AutoExitNode")
                .map(AUTOMATIC::concat)
                .or(() -> prefs.text("ExitNodeIP"))
                .orElseGet(
                        () -> prefs.text("ExitNodeID").flatMap(this::addressOf).orElse(""));
    }

    private Optional<String> addressOf(String stableId) {
        return status.object("Peer").values().stream()
                .filter(peer -> peer.text("ID").filter(stableId::equals).isPresent())
                .flatMap(peer -> peer.texts("TailscaleIPs").stream())
                .findFirst();
    }

    /**
     * The {@code ipn.MaskedPrefs} that change these preferences and have the node want to run.
     *
     * @throws IllegalArgumentException if a value is no good
     */
    String masked(Preferences changes, Map<String, Object> more) {
        var document = new LinkedHashMap<String, Object>();
        var edits = edits(changes);
        edits.putAll(more);
        edits.forEach((key, value) -> {
            document.put(key, value);
            document.put(key + "Set", true);
        });
        return JsonWriter.write(document);
    }

    /**
     * The {@code ipn.Prefs} as they are but for these preferences.
     *
     * @throws IllegalArgumentException if a value is no good
     */
    Json with(Preferences changes) {
        var document = prefs;
        for (var edit : edits(changes).entrySet()) {
            document = document.with(edit.getKey(), edit.getValue());
        }
        return document.with("WantRunning", true).with("LoggedOut", false);
    }

    private Map<String, Object> edits(Preferences changes) {
        var edits = new LinkedHashMap<String, Object>();
        changes.values().forEach((preference, value) -> {
            switch (preference) {
                case HOSTNAME -> edits.put("Hostname", value);
                case ADVERTISE_TAGS -> edits.put(TAGS, changes.list(preference));
                case ACCEPT_ROUTES -> edits.put("RouteAll", changes.isTrue(preference));
                case ACCEPT_DNS -> edits.put("CorpDNS", changes.isTrue(preference));
                case EXIT_NODE -> exitNode(edits, value);
                case EXIT_NODE_ALLOW_LAN_ACCESS -> edits.put("ExitNodeAllowLANAccess", changes.isTrue(preference));
                case SHIELDS_UP -> edits.put("ShieldsUp", changes.isTrue(preference));
                case ADVERTISE_ROUTES, ADVERTISE_EXIT_NODE -> edits.put(ROUTES, routes(changes));
                case LOGIN_SERVER -> edits.put("ControlURL", value);
                case OPERATOR -> edits.put("OperatorUser", value);
            }
        });
        return edits;
    }

    private void exitNode(Map<String, Object> edits, String value) {
        var isAutomatic = value.startsWith(AUTOMATIC) && value.length() > AUTOMATIC.length();
        var address = value.isEmpty() || isAutomatic ? "" : ExitNodeChoice.address(value, status);
        edits.put("ExitNodeID", "");
        edits.put("ExitNodeIP", address);
        edits.put("AutoExitNode", isAutomatic ? value.substring(AUTOMATIC.length()) : "");
    }

    /** One list has both: what of them is not changed stays. */
    private List<String> routes(Preferences changes) {
        var wanted = changes.orElse(read());
        return AdvertisedRoutes.of(
                wanted.list(Preference.ADVERTISE_ROUTES), wanted.isTrue(Preference.ADVERTISE_EXIT_NODE));
    }
}
