package dev.tailnet.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalSinkTest {
    @TempDir
    private Path directory;

    private static Batch batch(String... lines) {
        var batch = new Batch();
        for (String line : lines) {
            batch.add(line.getBytes(StandardCharsets.US_ASCII));
        }
        return batch;
    }

    private static String receive(Socket journal) throws IOException {
        ByteBuffer datagram = ByteBuffer.allocateDirect(8192);
        var from = journal.recvFromDomainSocket(datagram, 0, datagram.capacity());
        assertThat(from).isNotNull();
        datagram.limit(from.receivedAmount());
        return StandardCharsets.US_ASCII.decode(datagram).toString();
    }

    @Test
    void eachLineIsAnEntry() throws IOException {
        Path path = directory.resolve("socket");
        Epoll.ensureAvailability();
        Socket journal = Socket.newSocketDomainDgram();
        try (var sink = new JournalSink(path)) {
            var batch = batch("{\"a\":1}", "{\"b\":2}");
            assertThatThrownBy(() -> sink.write(batch))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("systemd-journald does not run here");
            journal.bind(new DomainSocketAddress(path.toFile()));
            sink.write(batch);
            assertThat(batch.isTaken()).isTrue();
            assertThat(receive(journal))
                    .isEqualTo("PRIORITY=6\nSYSLOG_IDENTIFIER=tailnet-agent-audit\nMESSAGE={\"a\":1}\n");
            assertThat(receive(journal)).endsWith("\nMESSAGE={\"b\":2}\n");
        } finally {
            journal.close();
        }
    }
}
