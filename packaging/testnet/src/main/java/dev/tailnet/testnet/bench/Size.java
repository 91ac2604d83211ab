package dev.tailnet.testnet.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How much programs take on a disk and over a network, in MB (10^6 bytes). */
final class Size {
    private final List<Path> parts;

    /** Of these files, and of all that is in these folders. */
    Size(Path... parts) {
        this.parts = List.of(parts);
    }

    double megabytes() throws IOException {
        long bytes = 0;
        for (Path part : parts) {
            try (var all = Files.walk(part)) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    bytes += Files.size(file);
                }
            }
        }
        return bytes / 1e6;
    }

    /**
     * As a tar, compressed.
     *
     * @param program for example {@code gzip}, with its options
     */
    double compressedMegabytes(String program) throws IOException, InterruptedException {
        var command = new ArrayList<>(
                List.of("sh", "-c", "tar --create --file=- \"$@\" 2>/dev/null | %s | wc -c".formatted(program), "sh"));
        parts.forEach(part -> command.add(part.toAbsolutePath().toString()));
        var process = new ProcessBuilder(command).start();
        String counted = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        process.waitFor();
        long bytes = Long.parseLong(counted.strip());
        if (bytes == 0) {
            throw new IOException("nothing came from '" + program + "': is it installed? (Debian: xz-utils, gzip)");
        }
        return bytes / 1e6;
    }
}
