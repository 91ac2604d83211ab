package dev.tailnet.agent.config;

import java.util.Optional;

/** Turns what was given for the auth key, a key or the file that holds it, into the key. */
final class AuthKeyReader {
    private final Findings findings;
    private final boolean mayBeGone;

    /**
     * @param mayBeGone whether a missing file is fine because the node has logged in before
     */
    AuthKeyReader(Findings findings, boolean mayBeGone) {
        this.findings = findings;
        this.mayBeGone = mayBeGone;
    }

    Optional<AuthKey> read(Given given) {
        if (given.setting() == Setting.AUTH_KEY_FILE || SecretFile.isReference(given.value())) {
            return readFile(SecretFile.of(given.value()), given.source());
        }
        return check(given.value(), given.source());
    }

    private Optional<AuthKey> readFile(SecretFile file, Source source) {
        if (mayBeGone && file.isMissing()) {
            findings.warning(source, file.path() + " does not exist; the stored identity has to do");
            return Optional.empty();
        }
        return file.read(source, findings).flatMap(key -> check(key, source));
    }

    /** Messages never quote the value. */
    private Optional<AuthKey> check(String key, Source source) {
        if (key.isEmpty()) {
            findings.problem(source, "the auth key is empty");
        } else if (key.equals(Secret.MASK)) {
            findings.problem(source, "this is the mask that --print-config shows in place of the auth key");
        } else if (key.length() > 1024 || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
            findings.problem(source, "this is no auth key: it has blanks, line ends or other characters no key has");
        } else {
            return Optional.of(new AuthKey(Secret.of(key), source.text()));
        }
        return Optional.empty();
    }
}
