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

    private final ConfigurationLoader loader;

    LocalApiSettings(ConfigurationLoader loader) {
        this.loader = loader;
    }

    LocalApiSocket read(Path runtimeDir) {
        return new LocalApiSocket(
                loader.one(Setting.SOCKET, Values::path, LocalApiSocket.in(runtimeDir), Path::toString),
                Optional.of(loader.one(Setting.OPERATOR, LocalApiSettings::user, NOBODY, Function.identity()))
                        .filter(user -> !user.equals(NOBODY)),
                loader.one(
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
