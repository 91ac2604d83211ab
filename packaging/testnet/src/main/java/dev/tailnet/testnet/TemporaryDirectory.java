package dev.tailnet.testnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A new directory that only this user can read. It is removed when it is closed, or when the JVM ends. */
public final class TemporaryDirectory implements AutoCloseable {
    // sun_path has 108 bytes: this leaves room for the sockets inside.
    private static final int LONGEST_PATH = 70;
    private static final int REMOVAL_ROUNDS = 10;

    private final Path path;
    private final Runnable removal = this::remove;

    private TemporaryDirectory(Path path) {
        this.path = path;
        AtExit.add(removal);
    }

    /** Makes one in the system's directory for such, or in {@code /tmp} if that one's name is too long for Unix sockets. */
    public static TemporaryDirectory create() {
        try {
            var directory = Files.createTempDirectory("tailnet-");
            if (directory.toString().length() > LONGEST_PATH) {
                Files.delete(directory);
                directory = Files.createTempDirectory(Path.of("/tmp"), "tailnet-");
            }
            return new TemporaryDirectory(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a temporary directory", e);
        }
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() {
        remove();
        AtExit.remove(removal);
    }

    private void remove() {
        // A process that was killed a moment ago may still have written a file: then the next round finds it.
        for (int round = 1; Files.exists(path); round++) {
            try (var files = Files.walk(path)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException | UncheckedIOException e) {
                if (round == REMOVAL_ROUNDS) {
                    throw new TestNetworkException("cannot remove " + path + ": " + e.getMessage(), e);
                }
            }
        }
    }
}
