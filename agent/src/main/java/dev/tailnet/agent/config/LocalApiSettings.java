package dev.tailnet.agent.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads what there is to say of the socket for the tailscale command. */
final class LocalApiSettings {
    /** As useradd takes them, with the domains of directory services. */
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_.][A-Za-z0-9_.@\\\\-]{0,255}\\$?");

    private static final String NOBODY = "none";

    private final SettingReader reader;

    LocalApiSettings(SettingReader reader) {
        this.reader = reader;
    }

    LocalApiSocket read(Path runtimeDir) {
        return new LocalApiSocket(
                reader.one(Setting.SOCKET, Values::path, LocalApiSocket.in(runtimeDir), Path::toString),
                Optional.of(reader.one(Setting.OPERATOR, LocalApiSettings::user, NOBODY, Function.identity()))
                        .filter(user -> !user.equals(NOBODY)),
                reader.one(
                        Setting.SOCKET_OTHERS,
                        text -> Values.constant(OtherUsers.class, text),
                        OtherUsers.READ,
                        Values::name));
    }

    private static String user(String text) {
        if (!USER.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is neither the name nor the number of a user");
        }
        return text;
    }
}
