package dev.tailnet.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class UnixSinkTest {
    @TempDir
    private Path directory;

    private Path socket() {
        return directory.resolve("collector.sock");
    }

    private ServerSocketChannel listen() throws IOException {
        Files.deleteIfExists(socket());
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket()));
    }

    private static Batch batch(String... lines) {
        var batch = new Batch();
        for (String line : lines) {
            batch.add(line.getBytes(StandardCharsets.US_ASCII));
        }
        return batch;
    }

    private static BufferedReader reader(SocketChannel channel) {
        return new BufferedReader(Channels.newReader(channel, StandardCharsets.US_ASCII));
    }

    @Test
    void linesGoToWhoeverListens() throws IOException {
        try (var server = listen();
                var sink = new UnixSink(socket())) {
            sink.write(batch("one", "two"));
            sink.write(batch("three"));
            try (SocketChannel accepted = server.accept()) {
                BufferedReader lines = reader(accepted);
                assertThat(lines.readLine()).isEqualTo("one");
                assertThat(lines.readLine()).isEqualTo("two");
                assertThat(lines.readLine()).isEqualTo("three");
            }
        }
    }

    @Test
    void withoutAListenerTheBatchWaits() throws IOException {
        try (var sink = new UnixSink(socket())) {
            var batch = batch("one");
            assertThatThrownBy(() -> sink.write(batch)).isInstanceOf(IOException.class);
            try (var server = listen()) {
                sink.write(batch);
                try (SocketChannel accepted = server.accept()) {
                    assertThat(reader(accepted).readLine()).isEqualTo("one");
                }
            }
        }
    }

    @Test
    void afterABreakTheTornLineBeginsAnew() throws Exception {
        String first = "first " + "x".repeat(300_000);
        String second = "second " + "y".repeat(3_000_000);
        try (var server = listen();
                var sink = new UnixSink(socket())) {
            var batch = batch(first, second);
            var write = CompletableFuture.runAsync(() -> {
                try {
                    sink.write(batch);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            try (SocketChannel accepted = server.accept()) {
                ByteBuffer some = ByteBuffer.allocate(first.length() + 100_000);
                while (some.hasRemaining()) {
                    assertThat(accepted.read(some)).isPositive();
                }
            }
            assertThatThrownBy(write::get).hasRootCauseInstanceOf(IOException.class);
            var again = CompletableFuture.runAsync(() -> {
                try {
                    sink.write(batch);
                    sink.close();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            try (SocketChannel accepted = server.accept()) {
                BufferedReader lines = reader(accepted);
                assertThat(lines.readLine()).isEqualTo(second);
                assertThat(lines.readLine()).isNull();
            }
            again.get();
        }
    }

    @Test
    void closingEndsAWriteThatNobodyReads() throws Exception {
        try (var server = listen();
                var sink = new UnixSink(socket())) {
            var write = CompletableFuture.runAsync(() -> {
                try {
                    sink.write(batch("x".repeat(10_000_000)));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            try (SocketChannel accepted = server.accept()) {
                assertThat(accepted.read(ByteBuffer.allocate(1))).isEqualTo(1);
                sink.close();
                assertThatThrownBy(write::get).hasRootCauseInstanceOf(IOException.class);
            }
        }
    }
}
