package dev.tailnet.agent.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the auth key, and warns where others could see it. */
final class AuthKeySettings {
    private static final SecretSource KEY = new SecretSource(Setting.AUTH_KEY, Setting.AUTH_KEY_FILE, "ts-authkey");

    private final SettingReader reader;
    private final Map<String, String> environment;

    AuthKeySettings(SettingReader reader, Map<String, String> environment) {
        this.reader = reader;
        this.environment = environment;
    }

    /** @param stateDir a node that has logged in before needs no key */
    Optional<AuthKey> read(Optional<Path> stateDir) {
        var hasLoggedIn = stateDir.isPresent() && Files.exists(stateDir.get().resolve("tailscaled.state"));
        return KEY.find(reader, environment).flatMap(given -> {
            warnOfVisibleKey(given);
            var key = new AuthKeyReader(reader.findings(), hasLoggedIn).read(given);
            note(given, key);
            return key;
        });
    }

    private void warnOfVisibleKey(Given given) {
        if (given.setting() != Setting.AUTH_KEY || SecretFile.isReference(given.value())) {
            return;
        }
        switch (given.source().layer()) {
            case FLAG ->
                reader.findings()
                        .warning(
                                given.source(),
                                "other users could see the key until it was scrubbed from the process title: use"
                                        + " --auth-key-file or TS_AUTHKEY");
            case FILE ->
                reader.findings()
                        .warning(given.source(), "the key is stored in the configuration file: use auth-key-file");
            case ENVIRONMENT, CREDENTIAL, DEFAULT -> {}
        }
    }

    private void note(Given given, Optional<AuthKey> key) {
        var isPath = given.setting() == Setting.AUTH_KEY_FILE || SecretFile.isReference(given.value());
        var shown = isPath
                ? given.value()
                : key.map(AuthKey::secret).map(Secret::toString).orElse(Secret.MASK);
        reader.note(given.setting(), List.of(shown), given.source());
    }
}
