package dev.tailnet.agent.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When a file is moved aside, what it is called then, and how many such are left.
 *
 * @param maxSize in bytes; 0 is never
 * @param maxAge of the first line; zero is never
 * @param keep how many; 0 is all
 */
record Rotation(long maxSize, Duration maxAge, int keep) {
    private static final DateTimeFormatter SUFFIX = DateTimeFormatter.ofPattern(
                    "uuuuMMdd'T'HHmmss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final String SUFFIX_FORM = "\\d{8}T\\d{6}\\.\\d{6}Z";

    /** Whether a file of this size gets no further line. */
    boolean isDue(long size, @Nullable Instant begun, Instant now) {
        return size > 0 && ((maxSize > 0 && size >= maxSize) || isTooOld(begun, now));
    }

    boolean isTooOld(@Nullable Instant begun, Instant now) {
        return maxAge.isPositive() && begun != null && !begun.plus(maxAge).isAfter(now);
    }

    /** Moves a file aside, to a name that ends with the time, and deletes the oldest of those before it. */
    void rotate(Path file, Instant now) throws IOException {
        Path aside = aside(file, now);
        for (long later = 1; Files.exists(aside); later++) {
            aside = aside(file, now.plusNanos(later * 1000));
        }
        Files.move(file, aside);
        if (keep > 0) {
            List<Path> all = rotated(file);
            for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
                Files.deleteIfExists(old);
            }
        }
    }

    private static Path aside(Path file, Instant now) {
        return file.resolveSibling(file.getFileName() + "." + SUFFIX.format(now));
    }

    /** When a file was moved aside: nothing in it is later. */
    static Instant ended(Path file, Path rotated) {
        String name = String.valueOf(rotated.getFileName());
        return Instant.from(
                SUFFIX.parse(name.substring(String.valueOf(file.getFileName()).length() + 1)));
    }

    /** What has been moved aside of a file, the oldest first. */
    static List<Path> rotated(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        String prefix = file.getFileName() + ".";
        if (directory == null) {
            return List.of();
        }
        try (Stream<Path> siblings = Files.list(directory)) {
            return siblings.filter(sibling -> {
                        String name = String.valueOf(sibling.getFileName());
                        return name.startsWith(prefix)
                                && name.substring(prefix.length()).matches(SUFFIX_FORM);
                    })
                    .sorted()
                    .toList();
        }
    }
}
