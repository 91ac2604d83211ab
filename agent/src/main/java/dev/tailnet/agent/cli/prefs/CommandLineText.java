package dev.tailnet.agent.cli.prefs;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Flags as a person would type them into a shell. */
public final class CommandLineText {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:,@%+=-]*");

    private CommandLineText() {}

    /** {@code --accept-routes=false --hostname=box}, in the order of the preferences. */
    public static List<String> flags(Preferences preferences) {
        var flags = new ArrayList<String>();
        preferences.values().forEach((preference, value) -> {
            var isSet = preference.kind() == Preference.Kind.SWITCH && value.equals("true");
            flags.add(isSet ? preference.flag() : preference.flag() + "=" + quote(value));
        });
        return flags;
    }

    /** A word that a POSIX shell reads as the text. */
    public static String quote(String text) {
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
