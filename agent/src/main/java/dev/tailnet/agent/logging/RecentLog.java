package dev.tailnet.agent.logging;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.event.Level;

/** The newest lines of the log, held in memory for those who come to look later. Safe for use by several threads. */
public final class RecentLog {
    private static final int CAPACITY = 1000;

    /** A longer one is cut: some hundred lines of an exception each must not fill the heap. */
    private static final int MAX_MESSAGE = 2000;

    private final int capacity;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private final List<Consumer<Entry>> followers = new CopyOnWriteArrayList<>();
    private long next = 1;

    /**
     * A line.
     *
     * @param number counts the lines since the start, from 1
     * @param logger who wrote it
     * @param message with its error, without line breaks
     */
    public record Entry(long number, Instant time, Level level, String logger, String message) {

        /** The line as a log in text shows it. */
        public String text() {
            return LineFormat.TEXT.line(time, level, logger, message, null);
        }
    }

    RecentLog() {
        this(CAPACITY);
    }

    RecentLog(int capacity) {
        this.capacity = capacity;
    }

    void add(Instant time, Level level, String logger, String message) {
        String kept = message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "...";
        Entry entry;
        synchronized (entries) {
            entry = new Entry(next++, time, level, logger, kept);
            if (entries.size() == capacity) {
                entries.removeFirst();
            }
            entries.addLast(entry);
        }
        for (Consumer<Entry> follower : followers) {
            follower.accept(entry);
        }
    }

    /** The oldest first. */
    public List<Entry> entries() {
        synchronized (entries) {
            return new ArrayList<>(entries);
        }
    }

    /**
     * Hands on each line from now on, on the thread that writes it: the follower must neither wait nor log.
     *
     * @return ends that
     */
    public Runnable follow(Consumer<Entry> follower) {
        followers.add(follower);
        return () -> followers.remove(follower);
    }
}
