package dev.tailnet.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class StreamSinkTest {
    @TempDir
    private Path directory;

    private Path pipe = Path.of("");

    @BeforeEach
    void makePipe() throws Exception {
        pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
    }

    private static Batch batch(int lines) {
        var batch = new Batch();
        for (int i = 0; i < lines; i++) {
            batch.add(("line " + i + " " + "x".repeat(100)).getBytes(StandardCharsets.US_ASCII));
        }
        return batch;
    }

    /** Opening one end of a pipe waits for the other. */
    private CompletableFuture<FileChannel> writeEnd() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return FileChannel.open(pipe, StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void writesMoreThanAPipeHolds() throws Exception {
        var opening = writeEnd();
        try (InputStream reader = Files.newInputStream(pipe);
                FileChannel writer = opening.get()) {
            var written = CompletableFuture.runAsync(() -> {
                try (var sink = new StreamSink(writer)) {
                    sink.write(batch(5000));
                    writer.close();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            String text = new String(reader.readAllBytes(), StandardCharsets.US_ASCII);
            written.get();
            assertThat(text.lines()).hasSize(5000).allMatch(line -> line.endsWith("x".repeat(100)));
        }
    }

    @Test
    void aReaderThatHasGoneIsNoticed() throws Exception {
        var opening = writeEnd();
        InputStream reader = Files.newInputStream(pipe);
        try (FileChannel writer = opening.get();
                var sink = new StreamSink(writer)) {
            reader.close();
            var batch = batch(3);
            assertThatThrownBy(() -> sink.write(batch)).hasMessageContaining("Broken pipe");
            assertThat(batch.isTaken()).isFalse();
        }
    }
}
