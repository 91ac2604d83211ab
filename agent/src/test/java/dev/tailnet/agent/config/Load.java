package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives a configuration what it is to be made of, and loads it. */
final class Load {
    private final EnumMap<Setting, List<String>> flags = new EnumMap<>(Setting.class);
    private final List<String> flagProblems = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();

    static Load with() {
        return new Load();
    }

    Load flag(Setting setting, String... values) {
        flags.put(setting, List.of(values));
        return this;
    }

    Load flagProblem(String problem) {
        flagProblems.add(problem);
        return this;
    }

    Load variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Writes the file and names it with {@code --config}. */
    Load file(Path directory, String yaml) {
        var file = directory.resolve("agent.yaml");
        try {
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return flag(Setting.CONFIG, file.toString());
    }

    Configuration load() {
        try {
            return Configuration.load(new Flags(flags, flagProblems), environment);
        } catch (ConfigurationException e) {
            return fail(e.getMessage(), e);
        }
    }

    Settings settings() {
        return load().settings();
    }

    /** The secret part of a credential. */
    static Secret secret(Credential credential) {
        return switch (credential) {
            case AuthKey key -> key.secret();
            case OAuthClient client -> client.secret();
            case WorkloadIdentity identity -> identity.idToken().orElseThrow();
        };
    }

    List<String> problems() {
        try {
            Configuration.load(new Flags(flags, flagProblems), environment);
            return List.of();
        } catch (ConfigurationException e) {
            return e.problems();
        }
    }
}
