package dev.tailnet.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class AuditTailTest {
    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("audit.log");
    }

    private static String line(int number) {
        return "{\"time\":\"2026-01-02T03:04:05.000000Z\",\"number\":" + number + "}";
    }

    private static void write(FileSink sink, int number) throws IOException {
        var batch = new Batch();
        batch.add(line(number).getBytes(StandardCharsets.US_ASCII));
        sink.write(batch);
    }

    private FileSink sink(int maxSize) {
        return new FileSink(file(), new Rotation(maxSize, Duration.ZERO, 0), false, Clock.systemUTC());
    }

    private static List<String> rest(AuditTail tail) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = tail.next(); line != null; line = tail.next()) {
            lines.add(line);
        }
        return lines;
    }

    @Test
    void whatWasRotatedComesFirst() throws IOException {
        try (var sink = sink(1)) {
            for (int i = 0; i < 5; i++) {
                write(sink, i);
            }
        }
        try (var tail = new AuditTail(file(), Instant.MIN)) {
            assertThat(rest(tail)).containsExactly(line(0), line(1), line(2), line(3), line(4));
        }
        try (var tail = new AuditTail(file(), Instant.now().plusSeconds(60))) {
            assertThat(rest(tail)).containsExactly(line(4));
        }
    }

    @Test
    void aLineIsReadOnceItIsWhole() throws IOException {
        Files.writeString(file(), line(1) + "\n" + line(2).substring(0, 10));
        try (var tail = new AuditTail(file(), Instant.MIN)) {
            assertThat(rest(tail)).containsExactly(line(1));
            Files.writeString(file(), line(2).substring(10) + "\n", StandardOpenOption.APPEND);
            assertThat(rest(tail)).containsExactly(line(2));
        }
    }

    @Test
    void rotationsMeanwhileLoseNothingAndRepeatNothing() throws IOException {
        try (var sink = sink(1)) {
            write(sink, 0);
            try (var tail = new AuditTail(file(), Instant.MIN)) {
                assertThat(rest(tail)).containsExactly(line(0));
                write(sink, 1);
                write(sink, 2);
                write(sink, 3);
                assertThat(rest(tail)).containsExactly(line(1), line(2), line(3));
                assertThat(rest(tail)).isEmpty();
                write(sink, 4);
                assertThat(rest(tail)).containsExactly(line(4));
            }
        }
    }

    @Test
    void aReaderKeepsUpWithAWriterThatRotatesAllTheTime() throws Exception {
        int all = 3000;
        try (var sink = sink(500)) {
            write(sink, 0);
            var writing = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 1; i < all; i++) {
                        write(sink, i);
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            List<String> read = new ArrayList<>();
            try (var tail = new AuditTail(file(), Instant.MIN)) {
                while (!writing.isDone()) {
                    read.addAll(rest(tail));
                }
                writing.get();
                read.addAll(rest(tail));
            }
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < all; i++) {
                expected.add(line(i));
            }
            assertThat(read).isEqualTo(expected);
        }
    }

    @Test
    void withoutALogThereIsNothingToRead() {
        assertThatThrownBy(() -> new AuditTail(file(), Instant.MIN)).isInstanceOf(NoSuchFileException.class);
    }
}
