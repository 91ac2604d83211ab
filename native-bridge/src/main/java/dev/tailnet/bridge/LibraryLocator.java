package dev.tailnet.bridge;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Finds {@code libtailscale.so}: a file that somebody named, else that of the installation.
 *
 * @param fileProperty a file, as a system property names it
 * @param fileVariable a file, as the environment names it
 * @param home the installation
 */
record LibraryLocator(
        @Nullable String fileProperty,
        @Nullable String fileVariable,
        @Nullable String home) {

    /** @throws LibraryException if there is none, or if a file was named and does not exist */
    Path locate() {
        if (fileProperty != null && !fileProperty.isEmpty()) {
            return named(fileProperty, "the system property " + Libtailscale.FILE_PROPERTY);
        }
        if (fileVariable != null && !fileVariable.isEmpty()) {
            return named(fileVariable, Libtailscale.FILE_VARIABLE);
        }
        if (home == null) {
            throw new LibraryException("libtailscale.so not found: name the file in " + Libtailscale.FILE_VARIABLE);
        }
        Path installed = Path.of(home, "lib", "native", "libtailscale.so").toAbsolutePath();
        if (!Files.isRegularFile(installed)) {
            throw new LibraryException("libtailscale.so not found as " + installed
                    + ": reinstall tailnet-agent, or name the file in " + Libtailscale.FILE_VARIABLE);
        }
        return installed;
    }

    private static Path named(String file, String source) {
        Path path = Path.of(file).toAbsolutePath();
        if (!Files.isRegularFile(path)) {
            throw new LibraryException("libtailscale.so not found: " + source + " names " + path + ", which "
                    + (Files.exists(path) ? "is not a file" : "does not exist"));
        }
        return path;
    }
}
