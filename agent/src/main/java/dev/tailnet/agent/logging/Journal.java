package dev.tailnet.agent.logging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Tells whether stderr goes to systemd's journal, which adds the time and reads a priority before each line (sd-daemon(3)). */
final class Journal {
    private static final Path STDERR = Path.of("/proc/self/fd/2");

    private Journal() {}

    /** $JOURNAL_STREAM holds device and inode, as it is inherited also by children whose stderr goes elsewhere. */
    static boolean isStderr(Map<String, String> environment) {
        var stream = environment.get("JOURNAL_STREAM");
        if (stream == null) {
            return false;
        }
        try {
            var attributes = Files.readAttributes(STDERR, "unix:dev,ino");
            return stream.equals(attributes.get("dev") + ":" + attributes.get("ino"));
        } catch (IOException e) {
            return false;
        }
    }
}
