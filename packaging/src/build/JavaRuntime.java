import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The Java runtime of a distribution, which may be for another platform than this.
 *
 * @param version {@code 25.0.3}
 */
record JavaRuntime(String version) {
    private static final String VERSION = "JAVA_VERSION=";

    /** Reads what jlink wrote of it. */
    static JavaRuntime of(Path distribution) throws IOException {
        Path release = distribution.resolve("runtime/release");
        return Files.readAllLines(release).stream()
                .filter(line -> line.startsWith(VERSION))
                .map(line -> new JavaRuntime(line.substring(VERSION.length()).replace("\"", "")))
                .findFirst()
                .orElseThrow(() -> new IOException("no " + VERSION + " in " + release));
    }
}
