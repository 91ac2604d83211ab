package dev.tailnet.agent.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Reads how the audit is to be kept. */
final class AuditReader {
    private static final String NONE = "none";
    private static final String STDOUT = "stdout";
    private static final String JOURNALD = "journald";
    private static final String UNIX = "unix:";

    private static final int KIBI = 1024;
    private static final int MEBI = KIBI * KIBI;
    private static final int SMALLEST = 64 * KIBI;
    private static final int MOST_FILES = 10_000;
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private final SettingReader reader;

    AuditReader(SettingReader reader) {
        this.reader = reader;
    }

    Optional<AuditSettings> read() {
        Optional<AuditTarget> target =
                reader.one(Setting.AUDIT_LOG, AuditReader::target, Optional.empty(), AuditReader::print);
        int maxSize = reader.one(Setting.AUDIT_MAX_SIZE, AuditReader::maxSize, 100 * MEBI, AuditReader::printSize);
        Duration maxAge = reader.one(Setting.AUDIT_MAX_AGE, AuditReader::maxAge, Duration.ofHours(24), Values::print);
        int keep = reader.one(Setting.AUDIT_KEEP, text -> Values.number(text, 0, MOST_FILES), 10, String::valueOf);
        boolean fsync = reader.one(Setting.AUDIT_FSYNC, Values::bool, false, String::valueOf);
        AuditFailure onFailure = reader.one(
                Setting.AUDIT_ON_FAILURE,
                text -> Values.constant(AuditFailure.class, text),
                AuditFailure.CONTINUE,
                Values::name);
        return target.map(where -> new AuditSettings(where, maxSize, maxAge, keep, fsync, onFailure));
    }

    private static Optional<AuditTarget> target(String text) {
        if (text.startsWith(UNIX)) {
            String path = text.substring(UNIX.length());
            if (path.isEmpty()) {
                throw new IllegalArgumentException("'unix:' names no socket: write unix:/run/collector.sock");
            }
            return Optional.of(new AuditTarget.Unix(Values.path(path)));
        }
        return switch (text) {
            case NONE -> Optional.empty();
            case STDOUT -> Optional.of(new AuditTarget.Stdout());
            case JOURNALD -> Optional.of(new AuditTarget.Journald());
            default -> Optional.of(new AuditTarget.File(file(text)));
        };
    }

    private static Path file(String text) {
        Path path = Values.path(text);
        if (Files.isDirectory(path)) {
            throw new IllegalArgumentException(
                    path + " is a directory: name a file in it, or stdout, journald, unix:PATH or none");
        }
        return path;
    }

    private static String print(Optional<AuditTarget> target) {
        return target.map(AuditTarget::toString).orElse(NONE);
    }

    private static int maxSize(String text) {
        int size = Values.size(text);
        if (size != 0 && size < SMALLEST) {
            throw new IllegalArgumentException("'" + text + "' is less than 64k; 0 is no limit");
        }
        return size;
    }

    private static String printSize(int size) {
        return size > 0 && size % MEBI == 0
                ? size / MEBI + "m"
                : size > 0 && size % KIBI == 0 ? size / KIBI + "k" : String.valueOf(size);
    }

    private static Duration maxAge(String text) {
        Duration age = Values.duration(text);
        if (!age.isZero() && age.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException("'" + text + "' is less than a second; 0 is no limit");
        }
        return age;
    }
}
