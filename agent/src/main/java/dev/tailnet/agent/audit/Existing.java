package dev.tailnet.agent.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A file that an agent before this one has left.
 *
 * @param size in bytes
 * @param wholeLines bytes up to the end of its last whole line: one that was being written when the machine stopped is none
 * @param begun when its first line was written; null for an empty one
 */
record Existing(long size, long wholeLines, @Nullable Instant begun) {
    private static final Existing NONE = new Existing(0, 0, null);
    private static final int BLOCK = 64 * 1024;
    private static final String TIME = "{\"time\":\"";

    /** @throws IOException also for a file that is something else than an audit log */
    static Existing at(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            return NONE;
        }
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = file.size();
            Instant begun = begun(file);
            if (size > 0 && begun == null) {
                throw new IOException("it holds something else than an audit log");
            }
            return new Existing(size, wholeLines(file, size), begun);
        }
    }

    private static long wholeLines(FileChannel file, long size) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        for (long end = size; end > 0; end -= Math.min(end, BLOCK)) {
            long start = Math.max(0, end - BLOCK);
            block.clear().limit((int) (end - start));
            while (block.hasRemaining() && file.read(block, start + block.position()) > 0) {
                // Until the block is full.
            }
            for (int i = block.position() - 1; i >= 0; i--) {
                if (block.get(i) == '\n') {
                    return start + i + 1;
                }
            }
        }
        return 0;
    }

    private static @Nullable Instant begun(FileChannel file) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(64);
        file.read(head, 0);
        String text = new String(head.array(), 0, head.position(), StandardCharsets.US_ASCII);
        int end = text.indexOf('"', Math.min(text.length(), TIME.length()));
        if (!text.startsWith(TIME) || end < 0) {
            return null;
        }
        try {
            return Instant.parse(text.substring(TIME.length(), end));
        } catch (DateTimeException e) {
            return null;
        }
    }
}
