package dev.tailnet.agent.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** A file that holds one secret, which is the whole of its text. */
record SecretFile(String path) {
    private static final String REFERENCE = "file:";

    /** Whether a value names a file that holds it, rather than being it. */
    static boolean isReference(String value) {
        return value.startsWith(REFERENCE);
    }

    /** The file that a value names, with or without {@code file:}. */
    static SecretFile of(String value) {
        return new SecretFile(isReference(value) ? value.substring(REFERENCE.length()) : value);
    }

    boolean isMissing() {
        try {
            return Files.notExists(Path.of(path));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** The secret, without the white space around it; a problem when there is no such file. */
    Optional<String> read(Source source, Findings findings) {
        try {
            return Optional.of(Files.readString(Path.of(path)).strip());
        } catch (NoSuchFileException e) {
            findings.problem(source, path + " does not exist");
        } catch (IOException e) {
            findings.problem(source, path + " cannot be read: " + Causes.of(e));
        } catch (IllegalArgumentException e) {
            findings.problem(source, path + " cannot be read: " + e.getMessage());
        }
        return Optional.empty();
    }

    /**
     * Reads a secret that was read before.
     *
     * @throws IOException whose message names the file and what is wrong with it
     */
    static Secret read(Path file) throws IOException {
        String text;
        try {
            text = Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            throw new IOException(file + " does not exist any more", e);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + Causes.of(e), e);
        }
        if (!Secret.isPlausible(text)) {
            throw new IOException(file + " holds no key any more");
        }
        return Secret.of(text);
    }
}
