package dev.tailnet.agent.audit;

import dev.tailnet.agent.config.AuditSettings;
import dev.tailnet.agent.config.AuditTarget;
import dev.tailnet.agent.config.Causes;
import dev.tailnet.proxy.audit.AuditSink;
import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.connection.AtMostOncePerMinute;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit's lines on their way from the event loops to a sink: a queue with an end, and one thread that writes. An event that
 * finds no room is lost, and a line in its place says how many were.
 */
public final class AuditLog implements AuditSink, InboundWitness, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(AuditLog.class);
    /** More than a second of 20,000 decisions each; some 16 MB when full. */
    static final int CAPACITY = 32_768;

    private final BlockingQueue<AuditEvent> queue;
    private final AtomicLong lost = new AtomicLong();
    private final AuditWriter writer;
    private final Clock clock;
    private final AtMostOncePerMinute losing = new AtMostOncePerMinute();
    private volatile boolean closed;

    /**
     * One that is still to be opened.
     *
     * @param listeners where clients connect to
     */
    public static AuditLog of(AuditSettings settings, Supplier<List<InetSocketAddress>> listeners, Clock clock) {
        LineSink sink = switch (settings.target()) {
            case AuditTarget.File(Path path) -> {
                var rotation = new Rotation(settings.maxSize(), settings.maxAge(), settings.keep());
                yield new FileSink(path, rotation, settings.fsync(), clock);
            }
            case AuditTarget.Stdout() -> new StreamSink(FileDescriptor.out);
            case AuditTarget.Journald() -> new JournalSink(JournalSink.SOCKET);
            case AuditTarget.Unix(Path path) -> new UnixSink(path);
        };
        return new AuditLog(
                CAPACITY, new ClientProcesses(listeners), settings.target().toString(), sink, clock);
    }

    AuditLog(int capacity, ClientProcesses processes, String name, LineSink sink, Clock clock) {
        this.clock = clock;
        queue = new ArrayBlockingQueue<>(capacity);
        writer = new AuditWriter(
                queue, lost, name, sink, new AuditLines(AuditLines.run(clock.instant())), processes, clock);
    }

    /** Why a log could not be opened or written, for people. */
    public static String reason(IOException e) {
        return Causes.of(e);
    }

    /** Opens what the lines go to. Whether somebody listens on a socket shows later. */
    public void open() throws IOException {
        writer.open();
    }

    /** Begins to write. */
    public void start() {
        add(new AuditEvent.Running(clock.instant(), true));
        writer.start();
    }

    @Override
    public void decided(Decision decision) {
        add(new AuditEvent.Decided(clock.instant(), decision));
    }

    @Override
    public void closed(Closed end) {
        add(new AuditEvent.Ended(clock.instant(), end));
    }

    @Override
    public void decided(InboundDecision decision) {
        add(new AuditEvent.DecidedInbound(clock.instant(), decision));
    }

    @Override
    public void ended(InboundEnd end) {
        add(new AuditEvent.EndedInbound(clock.instant(), end));
    }

    private void add(AuditEvent event) {
        if (closed || !queue.offer(event)) {
            lost.incrementAndGet();
            if (losing.isDue(System.nanoTime())) {
                String trouble = writer.trouble();
                LOGGER.error(
                        "Lines of the audit are being lost: {}",
                        trouble.isEmpty() ? "they come faster than " + writer.name() + " takes them" : trouble);
            }
        }
    }

    /** Whether what is about to be decided could be recorded, and its end as well. */
    public boolean hasRoom() {
        return writer.trouble().isEmpty() && queue.remainingCapacity() > queue.size();
    }

    /** Has this run whenever lines have been written. */
    void onProgress(Runnable listener) {
        writer.onProgress(listener);
    }

    public AuditCounts counts() {
        return new AuditCounts(writer.written(), writer.lostInAll(), queue.size(), writer.trouble());
    }

    /** Somebody may have moved the file: it is opened anew. */
    public void reopen() {
        writer.reopen();
    }

    /** Writes what has been heard of, for as long as that may take, and ends. */
    public void close(Duration patience) {
        add(new AuditEvent.Running(clock.instant(), false));
        closed = true;
        writer.end(patience);
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(2));
    }
}
