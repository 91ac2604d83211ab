package dev.tailnet.agent.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Turns what was given for the auth key, a key or the file that holds it, into the key. */
final class AuthKeyReader {
    private static final String FILE = "file:";

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
        if (given.setting() == Setting.AUTH_KEY_FILE) {
            return readFile(given.value(), given.source());
        }
        if (isFileReference(given.value())) {
            return readFile(given.value().substring(FILE.length()), given.source());
        }
        return check(given.value(), given.source());
    }

    static boolean isFileReference(String value) {
        return value.startsWith(FILE);
    }

    private Optional<AuthKey> readFile(String path, Source source) {
        try {
            return check(Files.readString(Path.of(path)).strip(), source);
        } catch (NoSuchFileException e) {
            if (mayBeGone) {
                findings.warning(source, path + " does not exist; the stored identity has to do");
            } else {
                findings.problem(source, path + " does not exist");
            }
        } catch (IOException | IllegalArgumentException e) {
            findings.problem(source, path + " cannot be read: " + e.getMessage());
        }
        return Optional.empty();
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
