package dev.tailnet.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.proxy.request.TunnelEnd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class AuditLogTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    /** Keeps lines, unless it is told to take none. */
    private static final class Memory implements LineSink {
        private final List<JsonNode> lines = new ArrayList<>();
        private volatile boolean isFull;

        @Override
        public synchronized void write(Batch batch) throws IOException {
            while (!batch.isTaken()) {
                if (isFull) {
                    throw new IOException("No space left on device");
                }
                lines.add(JsonMapper.shared()
                        .readTree(StandardCharsets.US_ASCII
                                .decode(batch.nextLine())
                                .toString()));
                batch.takeLine();
            }
        }

        synchronized List<String> events() {
            return lines.stream().map(line -> line.path("event").asString()).toList();
        }

        synchronized List<JsonNode> lines() {
            return List.copyOf(lines);
        }

        @Override
        public void close() {}
    }

    private static AuditLog log(int capacity, LineSink sink) {
        return new AuditLog(capacity, new ClientProcesses(List::of), "the test", sink, Clock.systemUTC());
    }

    private static void awaitWritten(AuditLog log, long lines) {
        Eventually.get(PATIENCE, log::counts, counts -> counts.written() == lines);
    }

    @Test
    void aConnectionHasTwoLinesAndARefusalOne() {
        var sink = new Memory();
        var log = log(100, sink);
        log.start();
        log.decided(Events.allowed(1));
        log.decided(Events.denied(2, "rule", "no"));
        log.closed(Events.closed(1, TunnelEnd.Cause.FINISHED, ""));
        log.close();
        assertThat(sink.events()).containsExactly("start", "decision", "decision", "close", "stop");
        assertThat(log.counts()).isEqualTo(new AuditCounts(5, 0, 0, ""));
    }

    /** Bursts of a second's worth each, as fast as four threads can, to a real file that is rotated meanwhile. */
    @Test
    void twentyThousandAtOnceLoseNothing() throws IOException {
        int burst = 20_000;
        int threads = 4;
        int bursts = 3;
        Path file = directory.resolve("audit.log");
        var sink = new FileSink(file, new Rotation(2 << 20, Duration.ZERO, 0), false, Clock.systemUTC());
        var log = log(AuditLog.CAPACITY, sink);
        log.start();
        var ids = new AtomicLong();
        for (int i = 1; i <= bursts; i++) {
            IntStream.range(0, threads)
                    .mapToObj(thread -> CompletableFuture.runAsync(() -> {
                        for (int n = 0; n < burst / threads; n++) {
                            log.decided(Events.allowed(ids.incrementAndGet()));
                        }
                    }))
                    .toList()
                    .forEach(CompletableFuture::join);
            awaitWritten(log, (long) burst * i + 1);
        }
        log.close();
        assertThat(log.counts().lost()).isZero();
        Set<String> seen = new HashSet<>();
        List<Path> files = new ArrayList<>(Rotation.rotated(file));
        assertThat(files).hasSizeGreaterThan(2);
        files.add(file);
        for (Path one : files) {
            for (String line : Files.readAllLines(one)) {
                var json = JsonMapper.shared().readTree(line);
                if (json.path("event").asString().equals("decision")) {
                    assertThat(seen.add(json.path("id").asString())).isTrue();
                }
            }
        }
        assertThat(seen).hasSize(burst * bursts);
    }

    @Test
    void whatASinkDoesNotTakeWaitsAndWhatFindsNoRoomIsCounted() {
        int capacity = 100;
        int all = 1000;
        var sink = new Memory();
        sink.isFull = true;
        var log = log(capacity, sink);
        log.start();
        Eventually.get(PATIENCE, log::counts, counts -> !counts.trouble().isEmpty());
        assertThat(log.counts().trouble()).isEqualTo("No space left on device");
        for (int i = 1; i <= all; i++) {
            log.decided(Events.allowed(i));
        }
        assertThat(log.counts().waiting()).isEqualTo(capacity);
        assertThat(log.counts().lost()).isEqualTo(all - capacity);
        assertThat(log.hasRoom()).isFalse();

        sink.isFull = false;
        awaitWritten(log, capacity + 2);
        assertThat(log.counts().trouble()).isEmpty();
        assertThat(log.hasRoom()).isTrue();
        assertThat(sink.lines().getLast().path("count").asInt()).isEqualTo(all - capacity);
        log.decided(Events.allowed(all + 1));
        log.close();
        assertThat(sink.events()).hasSize(capacity + 4).endsWith("lost", "decision", "stop");
        assertThat(log.counts().lost()).isEqualTo(all - capacity);
    }

    @Test
    void theEndDoesNotWaitForASinkThatIsStuck() {
        var sink = new Memory();
        sink.isFull = true;
        var log = log(100, sink);
        log.start();
        log.decided(Events.allowed(1));
        log.close(Duration.ofMillis(100));
        assertThat(sink.events()).isEmpty();
    }

    @Test
    void onARealFullDeviceTheAgentSaysSo() throws IOException {
        var sink = new FileSink(Path.of("/dev/full"), new Rotation(0, Duration.ZERO, 0), false, Clock.systemUTC());
        var log = log(100, sink);
        log.start();
        Eventually.get(PATIENCE, log::counts, counts -> counts.trouble().contains("No space left on device"));
        log.close(Duration.ZERO);
    }
}
