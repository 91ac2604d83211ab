package dev.tailnet.bridge;

import com.sun.jna.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Finds {@code libtailscale.so}: a file that somebody named, then the installation, then the class path.
 *
 * @param fileProperty a file, as a system property names it
 * @param fileVariable a file, as the environment names it
 * @param home the installation
 * @param classPath looks for {@link #RESOURCE}
 */
record LibraryLocator(
        @Nullable String fileProperty,
        @Nullable String fileVariable,
        @Nullable String home,
        ClassLoader classPath) {

    static final String NAME = "libtailscale.so";

    /** The library on the class path, in a folder per machine type, {@code linux-x86-64} or {@code linux-aarch64}. */
    static final String RESOURCE = "dev/tailnet/bridge/" + Platform.RESOURCE_PREFIX + "/" + NAME;

    /**
     * A library that was found.
     *
     * @param temporary extracted, and not needed under its name once it is mapped
     */
    record Found(Path file, boolean temporary) implements AutoCloseable {
        @Override
        public void close() {
            if (temporary) {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    throw new LibraryException(
                            "cannot remove the extracted library " + file + ": " + e.getMessage(), e);
                }
            }
        }
    }

    /** @throws LibraryException if there is none, or if a file was named and does not exist */
    Found locate(Path runtimeDir) {
        if (fileProperty != null && !fileProperty.isEmpty()) {
            return named(fileProperty, "the system property " + Libtailscale.FILE_PROPERTY);
        }
        if (fileVariable != null && !fileVariable.isEmpty()) {
            return named(fileVariable, Libtailscale.FILE_VARIABLE);
        }
        Path installed = home == null ? null : Path.of(home, "lib", "native", NAME);
        if (installed != null && Files.exists(installed)) {
            return new Found(installed.toAbsolutePath(), false);
        }
        URL resource = classPath.getResource(RESOURCE);
        if (resource != null) {
            return "file".equals(resource.getProtocol())
                    ? new Found(Path.of(URI.create(resource.toString())), false)
                    : new Found(extract(resource, runtimeDir), true);
        }
        throw new LibraryException("libtailscale.so not found"
                + (installed == null ? "" : ", neither as " + installed)
                + (installed == null ? " on the class path as " : " nor on the class path as ")
                + RESOURCE + ": reinstall tailnet-agent, or name the file in " + Libtailscale.FILE_VARIABLE);
    }

    private static Found named(String file, String source) {
        Path path = Path.of(file).toAbsolutePath();
        if (!Files.isRegularFile(path)) {
            throw new LibraryException("libtailscale.so not found: " + source + " names " + path + ", which "
                    + (Files.exists(path) ? "is not a file" : "does not exist"));
        }
        return new Found(path, false);
    }

    private static Path extract(URL resource, Path runtimeDir) {
        try (InputStream in = resource.openStream()) {
            Files.createDirectories(runtimeDir);
            Path file = Files.createTempFile(
                    runtimeDir,
                    "libtailscale-",
                    ".so",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try (OutputStream out = Files.newOutputStream(file)) {
                in.transferTo(out);
            } catch (IOException e) {
                Files.delete(file);
                throw e;
            }
            return file;
        } catch (IOException e) {
            throw new LibraryException("cannot extract libtailscale.so to " + runtimeDir + ": " + e, e);
        }
    }
}
