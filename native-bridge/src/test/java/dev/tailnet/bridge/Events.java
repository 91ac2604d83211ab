package dev.tailnet.bridge;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** The events of one node, read by a thread, for tests to wait for. */
final class Events implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(100);

    private final int fd;
    private final Thread reader;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<NodeEvent> events = new ArrayList<>();
    private boolean ended;
    private volatile boolean closed;

    Events(int fd) {
        this.fd = fd;
        this.reader = Thread.ofPlatform().name("events-" + fd).start(this::read);
    }

    /** The first event of the kind that satisfies the predicate, past ones included. */
    <T extends NodeEvent> T await(Class<T> kind, Predicate<? super T> predicate, Duration timeout)
            throws InterruptedException {
        long left = timeout.toNanos();
        int seen = 0;
        lock.lock();
        try {
            while (true) {
                for (; seen < events.size(); seen++) {
                    if (kind.isInstance(events.get(seen)) && predicate.test(kind.cast(events.get(seen)))) {
                        return kind.cast(events.get(seen));
                    }
                }
                if (ended || left <= 0) {
                    throw new AssertionError((ended ? "the stream ended" : "after " + timeout) + " without "
                            + kind.getSimpleName() + "; it had " + tail());
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    NodeEvent.Dialed dialed(long id) throws InterruptedException {
        return await(NodeEvent.Dialed.class, event -> event.id() == id, Duration.ofSeconds(20));
    }

    NodeEvent.Closed closed(long id) throws InterruptedException {
        return await(NodeEvent.Closed.class, event -> event.id() == id, Duration.ofSeconds(20));
    }

    NodeEvent.Resolved resolved(long id) throws InterruptedException {
        return await(NodeEvent.Resolved.class, event -> event.id() == id, Duration.ofSeconds(20));
    }

    NodeEvent.Answered answered(long id) throws InterruptedException {
        return await(NodeEvent.Answered.class, event -> event.id() == id, Duration.ofSeconds(20));
    }

    /** Waits for the end of the stream. */
    void awaitEnd(Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (!ended) {
                if (left <= 0) {
                    throw new AssertionError("the stream has not ended after " + timeout + "; it had " + tail());
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    List<NodeEvent> soFar() {
        lock.lock();
        try {
            return List.copyOf(events);
        } finally {
            lock.unlock();
        }
    }

    private String tail() {
        return events.subList(Math.max(0, events.size() - 30), events.size()).toString();
    }

    private void read() {
        byte[] chunk = new byte[64 << 10];
        ByteBuffer pending = ByteBuffer.allocate(NodeEvent.LENGTH_FIELD_BYTES + NodeEvent.MAX_FRAME_BYTES);
        try {
            while (!closed) {
                int count = Posix.awaitReadable(fd, TICK) ? Posix.readSome(fd, chunk) : 0;
                if (count < 0) {
                    end();
                    break;
                }
                pending.put(chunk, 0, count).flip();
                while (hasFrame(pending)) {
                    int length = pending.getInt();
                    add(NodeEvent.parse(pending.slice(pending.position(), length)));
                    pending.position(pending.position() + length);
                }
                pending.compact();
            }
            Posix.closeFd(fd);
        } catch (IOException | BridgeException | BufferUnderflowException e) {
            add(new NodeEvent.Log(NodeEvent.Log.Level.ERROR, "reading events: " + e));
            end();
        }
    }

    private static boolean hasFrame(ByteBuffer pending) {
        return pending.remaining() >= NodeEvent.LENGTH_FIELD_BYTES
                && pending.remaining() - NodeEvent.LENGTH_FIELD_BYTES >= pending.getInt(pending.position());
    }

    private void add(NodeEvent event) {
        lock.lock();
        try {
            events.add(event);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Stops reading. */
    @Override
    public void close() throws InterruptedException {
        closed = true;
        reader.join(TimeUnit.SECONDS.toMillis(5));
    }
}
