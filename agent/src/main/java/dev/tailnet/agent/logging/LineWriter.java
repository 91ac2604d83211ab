package dev.tailnet.agent.logging;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** Writes each event as a line, in one system call. */
record LineWriter(LineFormat format, OutputStream out) {

    void write(Instant time, Level level, String logger, String message, @Nullable Throwable error) {
        byte[] line = (format.line(time, level, logger, message, error) + "\n").getBytes(StandardCharsets.UTF_8);
        synchronized (out) {
            try {
                out.write(line);
            } catch (IOException e) {
                // There is nobody left to tell.
            }
        }
    }
}
