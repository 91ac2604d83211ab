package dev.tailnet.agent.audit;

import dev.tailnet.agent.config.Causes;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that writes: takes what has gathered, makes lines of it, and offers them to the sink until it has them all. */
final class AuditWriter {
    private static final Logger LOGGER = LoggerFactory.getLogger(AuditWriter.class);
    private static final int MOST_AT_ONCE = 512;
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    /** A sink that has taken nothing for so long is not going to. */
    private static final Duration STUCK = Duration.ofSeconds(5);

    private final BlockingQueue<AuditEvent> queue;
    private final AtomicLong lost;
    private final String name;
    private final LineSink sink;
    private final AuditLines lines;
    private final ClientProcesses processes;
    private final Clock clock;
    private final Thread thread;

    private final Batch batch = new Batch();
    private final List<AuditEvent> taken = new ArrayList<>(MOST_AT_ONCE);
    private volatile Runnable progress = () -> {};
    private volatile String failure = "";
    private volatile long busySince;
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong toldLost = new AtomicLong();
    private volatile boolean ending;
    private long lastTick = System.nanoTime();

    /** @param lost events that found no room since the last line that said so */
    AuditWriter(
            BlockingQueue<AuditEvent> queue,
            AtomicLong lost,
            String name,
            LineSink sink,
            AuditLines lines,
            ClientProcesses processes,
            Clock clock) {
        this.queue = queue;
        this.lost = lost;
        this.name = name;
        this.sink = sink;
        this.lines = lines;
        this.processes = processes;
        this.clock = clock;
        thread = Thread.ofPlatform().daemon().name("audit").unstarted(this::run);
    }

    void open() throws IOException {
        sink.open();
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!ending || !queue.isEmpty() || lost.get() > 0) {
                AuditEvent first = queue.poll(ending ? 0 : TICK.toMillis(), TimeUnit.MILLISECONDS);
                tick();
                if (first != null) {
                    taken.add(first);
                    queue.drainTo(taken, MOST_AT_ONCE - 1);
                }
                if (first != null || lost.get() > 0) {
                    render();
                    deliver();
                }
            }
        } catch (InterruptedException e) {
            // The end's patience is over.
        } catch (RuntimeException | Error e) {
            failure = "a fault of the agent: " + e;
            LOGGER.error("The audit has ended by a fault of the agent", e);
        }
    }

    private void tick() {
        if (System.nanoTime() - lastTick >= TICK.toNanos()) {
            lastTick = System.nanoTime();
            try {
                sink.tick();
            } catch (IOException e) {
                failed(e);
            }
        }
    }

    private void render() {
        Map<SocketAddress, ClientProcess> owners = processes.of(clients());
        for (AuditEvent event : taken) {
            batch.add(lines.line(event, event instanceof AuditEvent.Decided decided ? owner(decided, owners) : null));
        }
        taken.clear();
        long missing = lost.getAndSet(0);
        if (missing > 0) {
            toldLost.addAndGet(missing);
            batch.add(lines.line(new AuditEvent.Lost(clock.instant(), missing), null));
        }
    }

    private Set<SocketAddress> clients() {
        Set<SocketAddress> clients = new HashSet<>();
        for (AuditEvent event : taken) {
            if (event instanceof AuditEvent.Decided decided) {
                clients.add(decided.decision().request().client());
            }
        }
        return clients;
    }

    private static @Nullable ClientProcess owner(AuditEvent.Decided decided, Map<SocketAddress, ClientProcess> owners) {
        return owners.get(decided.decision().request().client());
    }

    private void deliver() throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (!batch.isTaken()) {
            try {
                busySince = System.nanoTime();
                sink.write(batch);
                written.addAndGet(batch.lines());
                recovered();
            } catch (IOException e) {
                failed(e);
                Thread.sleep(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            } finally {
                busySince = 0;
            }
        }
        batch.clear();
        progress.run();
    }

    private void failed(IOException e) {
        boolean isNews = failure.isEmpty();
        failure = Causes.of(e);
        if (isNews) {
            LOGGER.error(
                    "The audit cannot be written to {}: {}. It is tried again and again; until then memory holds what it"
                            + " can",
                    name,
                    failure);
        }
    }

    private void recovered() {
        if (!failure.isEmpty()) {
            failure = "";
            LOGGER.info("The audit is written to {} again", name);
        }
    }

    String name() {
        return name;
    }

    void onProgress(Runnable listener) {
        progress = listener;
    }

    /** Why nothing can be written now; empty when it can. */
    String trouble() {
        long since = busySince;
        if (failure.isEmpty() && since != 0 && System.nanoTime() - since > STUCK.toNanos()) {
            return "nobody takes the lines from " + name;
        }
        return failure;
    }

    long written() {
        return written.get();
    }

    long lostInAll() {
        return toldLost.get() + lost.get();
    }

    void reopen() {
        sink.reopen();
    }

    /** Ends once all is written, or at the latest after that time. */
    void end(Duration patience) {
        ending = true;
        try {
            if (thread.getState() != Thread.State.NEW && !thread.join(patience)) {
                LOGGER.error("{} lines of the audit could not be written: {}", queue.size() + batch.lines(), trouble());
                thread.interrupt();
            }
            sink.close();
        } catch (IOException e) {
            LOGGER.debug("The audit's sink cannot be closed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
