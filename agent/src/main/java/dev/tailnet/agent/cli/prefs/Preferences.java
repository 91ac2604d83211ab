package dev.tailnet.agent.cli.prefs;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Values of some or all preferences. */
public record Preferences(Map<Preference, String> values) {
    public Preferences {
        var copy = new EnumMap<Preference, String>(Preference.class);
        copy.putAll(values);
        values = Collections.unmodifiableMap(copy);
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    public boolean has(Preference preference) {
        return values.containsKey(preference);
    }

    public Optional<String> find(Preference preference) {
        return Optional.ofNullable(values.get(preference));
    }

    /** The value; empty if it is not among these. */
    public String text(Preference preference) {
        return values.getOrDefault(preference, "");
    }

    public boolean isTrue(Preference preference) {
        return text(preference).equals("true");
    }

    public List<String> list(Preference preference) {
        return Stream.of(text(preference).split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    /** These, and where they have none, the others. */
    public Preferences orElse(Preferences others) {
        var all = new EnumMap<Preference, String>(Preference.class);
        all.putAll(others.values);
        all.putAll(values);
        return new Preferences(all);
    }

    public Preferences with(Preference preference, String value) {
        return new Preferences(Map.of(preference, value)).orElse(this);
    }

    public Preferences without(Preference preference) {
        var fewer = new EnumMap<Preference, String>(Preference.class);
        fewer.putAll(values);
        fewer.remove(preference);
        return new Preferences(fewer);
    }

    /** What every preference has when no flag mentions it. */
    Preferences defaults() {
        var defaults = new EnumMap<Preference, String>(Preference.class);
        for (var preference : Preference.values()) {
            defaults.put(preference, preference.byDefault(text(preference)));
        }
        return new Preferences(defaults);
    }

    /** Whether a preference means the same in both; the order of tags and routes means nothing. */
    boolean isSame(Preferences others, Preference preference) {
        return switch (preference.kind()) {
            case SWITCH -> isTrue(preference) == others.isTrue(preference);
            case TEXT ->
                preference == Preference.LOGIN_SERVER
                        ? isSameServer(text(preference), others.text(preference))
                        : text(preference).equals(others.text(preference));
            case LIST -> Set.copyOf(list(preference)).equals(Set.copyOf(others.list(preference)));
        };
    }

    private static boolean isSameServer(String one, String other) {
        // Tailscale's control server has two names; the node remembers the one it was given.
        var synonyms = Set.of("https://login.tailscale.com", "https://controlplane.tailscale.com");
        return one.equals(other) || (synonyms.contains(one) && synonyms.contains(other));
    }
}
