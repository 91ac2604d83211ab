package dev.tailnet.agent.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a secret is given: by itself, in a file, or in a credential of the service manager (systemd.exec(5)), which is the last
 * to be looked for.
 *
 * @param value the setting that is the secret, or refers to its file
 * @param file the setting that names its file
 * @param credential the file's name in {@code $CREDENTIALS_DIRECTORY}
 */
record SecretSource(Setting value, Setting file, String credential) {

    /** What was given; a problem when one source gives both. */
    Optional<Given> find(SettingReader reader, Map<String, String> environment) {
        var asValue = reader.given(value);
        var asFile = reader.given(file);
        if (asValue.isPresent()
                && asFile.isPresent()
                && asValue.get().source().layer() == asFile.get().source().layer()) {
            reader.findings()
                    .problem(
                            asValue.get().source(),
                            "conflicts with " + asFile.get().source() + ": give one of them");
        }
        return Stream.of(asFile, asValue)
                .flatMap(Optional::stream)
                .min(Comparator.comparing(given -> given.source().layer()))
                .or(() -> credential(environment));
    }

    private Optional<Given> credential(Map<String, String> environment) {
        var directory = environment.getOrDefault("CREDENTIALS_DIRECTORY", "");
        var path = Path.of(directory, credential);
        return !directory.isEmpty() && Files.exists(path)
                ? Optional.of(Given.of(file, path.toString(), Source.credential(credential)))
                : Optional.empty();
    }
}
