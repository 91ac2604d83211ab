package dev.tailnet.testnet.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What a distribution's AOT cache depends on, as one short text. */
final class Fingerprint {
    private Fingerprint() {}

    /** Of the launcher, the jars and the runtime, with the times that the JVM compares; all but the cache itself. */
    static String of(Path home, Path cache) throws IOException {
        var digest = sha256();
        for (var folder : List.of("bin", "lib", "runtime")) {
            try (Stream<Path> files = Files.walk(home.resolve(folder))) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    if (!file.equals(cache)) {
                        digest.update((home.relativize(file) + " " + Files.getLastModifiedTime(file))
                                .getBytes(StandardCharsets.UTF_8));
                        digest.update(Files.readAllBytes(file));
                    }
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
