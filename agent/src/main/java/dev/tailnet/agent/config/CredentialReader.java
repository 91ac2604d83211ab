package dev.tailnet.agent.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds what the node logs in with: an auth key, else an OAuth client's secret, else a federated identity. */
final class CredentialReader {
    private static final SecretSource KEY = new SecretSource(Setting.AUTH_KEY, Setting.AUTH_KEY_FILE, "ts-authkey");
    private static final Set<Setting> OF_CLIENTS =
            Set.of(Setting.CLIENT_SECRET, Setting.CLIENT_ID, Setting.ID_TOKEN, Setting.AUDIENCE);

    private final SettingReader reader;
    private final Findings findings;
    private final Map<String, String> environment;
    private final boolean hasLoggedIn;

    /**
     * @param hasLoggedIn whether there is a stored identity: a missing file is fine then
     */
    CredentialReader(SettingReader reader, Map<String, String> environment, boolean hasLoggedIn) {
        this.reader = reader;
        this.findings = reader.findings();
        this.environment = environment;
        this.hasLoggedIn = hasLoggedIn;
    }

    /** @param hasTags whether the node asks for tags, without which no key is made for a client */
    Optional<Credential> read(boolean hasTags) {
        var key = authKeySource();
        if (key.isPresent()) {
            warnOfUnused(key.get());
            var read = secret(key.get(), "the auth key");
            note(key.get(), read);
            return read.map(found -> new AuthKey(found, key.get().source().text(), file(key.get())));
        }
        var client = client();
        if (client.isPresent() && !hasTags && !hasLoggedIn) {
            findings.problem(
                    given(Setting.CLIENT_SECRET)
                            .or(() -> given(Setting.CLIENT_ID))
                            .orElseThrow()
                            .source(),
                    "keys that are made for a client have tags: give --advertise-tags as well");
        }
        return client;
    }

    private Optional<Credential> client() {
        var secret = given(Setting.CLIENT_SECRET);
        if (secret.isPresent()) {
            // The container image passes the client's id as well; the secret says whose it is.
            var read = secret(secret.get(), "the client secret");
            note(secret.get(), read);
            warnOfVisible(secret.get(), "secret");
            return read.map(
                    found -> new OAuthClient(found, secret.get().source().text(), file(secret.get())));
        }
        return identity();
    }

    private Optional<Credential> identity() {
        var clientId = given(Setting.CLIENT_ID);
        var token = given(Setting.ID_TOKEN);
        var audience = given(Setting.AUDIENCE);
        if (clientId.isEmpty()) {
            Stream.concat(token.stream(), audience.stream())
                    .forEach(given -> findings.problem(given.source(), "whose? Give --client-id as well"));
            return Optional.empty();
        }
        clientId.ifPresent(this::notePlain);
        audience.ifPresent(this::notePlain);
        if (token.isEmpty() == audience.isEmpty()) {
            findings.problem(
                    clientId.get().source(),
                    token.isEmpty()
                            ? "a client without a secret needs --id-token or --audience"
                            : "give either --id-token or --audience, not both");
            return Optional.empty();
        }
        if (!Stream.concat(clientId.stream(), audience.stream()).allMatch(this::isPlausible)) {
            return Optional.empty();
        }
        var read = token.flatMap(given -> secret(given, "the ID token"));
        token.ifPresent(given -> {
            note(given, read);
            warnOfVisible(given, "token");
        });
        if (token.isPresent() && read.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new WorkloadIdentity(
                clientId.get().value(),
                read,
                audience.map(Given::value),
                clientId.get().source().text(),
                token.flatMap(CredentialReader::file)));
    }

    private boolean isPlausible(Given given) {
        if (!Secret.isPlausible(given.value())) {
            findings.problem(given.source(), "this has blanks or other characters that it cannot have");
            return false;
        }
        return true;
    }

    /** What a service's credential says is but the last resort. */
    private Optional<Given> authKeySource() {
        var isClient = OF_CLIENTS.stream().anyMatch(setting -> given(setting).isPresent());
        var found = KEY.find(reader, isClient ? Map.of() : environment);
        found.ifPresent(given -> warnOfVisible(given, "key"));
        return found;
    }

    private Optional<Given> given(Setting setting) {
        return reader.given(setting);
    }

    private void warnOfUnused(Given key) {
        OF_CLIENTS.stream()
                .map(this::given)
                .flatMap(Optional::stream)
                .map(Given::source)
                .map(Source::text)
                .sorted()
                .forEach(source -> findings.warning(source + ": not used: there is an auth key, " + key.source()));
    }

    private Optional<Secret> secret(Given given, String what) {
        if (!isPath(given)) {
            return check(given.value(), given.source(), what);
        }
        var file = SecretFile.of(given.value());
        if (hasLoggedIn && file.isMissing()) {
            findings.warning(given.source(), file.path() + " does not exist; the stored identity has to do");
            return Optional.empty();
        }
        return file.read(given.source(), findings).flatMap(text -> check(text, given.source(), what));
    }

    /** Messages never quote the value. */
    private Optional<Secret> check(String text, Source source, String what) {
        if (text.isEmpty()) {
            findings.problem(source, what + " is empty");
        } else if (text.equals(Secret.MASK)) {
            findings.problem(source, "this is the mask that --print-config shows in place of " + what);
        } else if (!Secret.isPlausible(text)) {
            findings.problem(
                    source, "this cannot be " + what + ": it has blanks, line ends or other characters none has");
        } else {
            return Optional.of(Secret.of(text));
        }
        return Optional.empty();
    }

    private static boolean isPath(Given given) {
        return given.setting() == Setting.AUTH_KEY_FILE || SecretFile.isReference(given.value());
    }

    private static Optional<Path> file(Given given) {
        return isPath(given)
                ? Optional.of(Path.of(SecretFile.of(given.value()).path()).toAbsolutePath())
                : Optional.empty();
    }

    private void warnOfVisible(Given given, String what) {
        if (isPath(given)) {
            return;
        }
        switch (given.source().layer()) {
            case FLAG ->
                findings.warning(
                        given.source(),
                        "other users could see the " + what + " until it was scrubbed from the process title: use "
                                + hidden(given.setting()));
            case FILE ->
                findings.warning(
                        given.source(),
                        "the " + what + " is stored in the configuration file: use "
                                + (given.setting() == Setting.AUTH_KEY
                                        ? Setting.AUTH_KEY_FILE.key()
                                        : given.setting().key() + ": file:PATH"));
            case ENVIRONMENT, CREDENTIAL, DEFAULT -> {}
        }
    }

    private static String hidden(Setting setting) {
        return setting == Setting.AUTH_KEY
                ? "--auth-key-file or TS_AUTHKEY"
                : setting.flag() + "=file:PATH or " + setting.variable().replace("TAILNET_", "TS_");
    }

    private void note(Given given, Optional<Secret> secret) {
        note(given, isPath(given) ? given.value() : secret.map(Secret::toString).orElse(Secret.MASK));
    }

    private void notePlain(Given given) {
        note(given, given.value());
    }

    private void note(Given given, String shown) {
        reader.note(given.setting(), List.of(shown), given.source());
    }

    /** For settings whose value is a secret: what of it is in arguments or environment. */
    static boolean isSecret(Setting setting) {
        return setting == Setting.AUTH_KEY || setting == Setting.CLIENT_SECRET || setting == Setting.ID_TOKEN;
    }
}
