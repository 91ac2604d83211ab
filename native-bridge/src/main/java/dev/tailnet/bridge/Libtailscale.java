package dev.tailnet.bridge;

import com.sun.jna.Native;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The library {@code libtailscale.so}, one per process.
 *
 * <p>It is looked for in this order: the file that the system property {@value #FILE_PROPERTY} or else the environment
 * variable {@value #FILE_VARIABLE} names; {@code lib/native/} under the directory that the system property
 * {@value #HOME_PROPERTY} names.
 */
public final class Libtailscale {

    /** The version of the interface that this code is written against: {@code TAILNET_ABI_VERSION}. */
    static final int ABI_VERSION = 5;

    static final String FILE_PROPERTY = "dev.tailnet.library";
    static final String FILE_VARIABLE = "TAILNET_LIBRARY";
    static final String HOME_PROPERTY = "dev.tailnet.home";

    private static @Nullable Path loaded;

    private Libtailscale() {}

    /**
     * Loads the library unless it is loaded already.
     *
     * @throws LibraryException if it cannot be used
     */
    public static synchronized void load() {
        if (loaded != null) {
            return;
        }
        Path file = new LibraryLocator(
                        System.getProperty(FILE_PROPERTY),
                        System.getenv(FILE_VARIABLE),
                        System.getProperty(HOME_PROPERTY))
                .locate();
        try {
            Native.register(Natives.class, LibraryFile.open(file, ABI_VERSION));
        } catch (UnsatisfiedLinkError e) {
            throw new LibraryException("libtailscale.so lacks a function: " + e.getMessage(), e);
        }
        loaded = file;
    }

    /**
     * The library's version, like {@code tailscale.com v1.102.5}.
     *
     * @throws LibraryException if it cannot be loaded
     */
    public static String version() {
        load();
        return Natives.tailnet_version();
    }

    /**
     * What the library was built with, as a JSON object: {@code tailscale}, {@code go}, and {@code cap}, the version of
     * tailscale's protocol.
     *
     * @throws LibraryException if it cannot be loaded
     */
    public static String build() {
        load();
        return Natives.tailnet_build();
    }

    /**
     * Overwrites every occurrence of a secret in the arguments and environment of this process as the system shows them
     * ({@code /proc/self/cmdline}, {@code /proc/self/environ}).
     *
     * @return the number of occurrences
     * @throws LibraryException if the library cannot be loaded
     */
    public static int scrub(String secret) {
        load();
        return secret.isEmpty() ? 0 : Natives.tailnet_scrub(secret);
    }

    /** The file that was loaded. */
    static synchronized Path file() {
        load();
        if (loaded == null) {
            throw new IllegalStateException("load() returned without a library");
        }
        return loaded;
    }
}
