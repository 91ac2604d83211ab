package dev.tailnet.agent.audit;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Lines on their way to a sink, and how many of their bytes it has taken. For one thread. */
final class Batch {
    private static final int INITIAL_BYTES = 64 * 1024;
    private static final int INITIAL_LINES = 128;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int[] ends = new int[INITIAL_LINES];
    private int lines;
    private int taken;

    /** @param line without its end */
    void add(byte[] line) {
        int start = size();
        int end = start + line.length + 1;
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
        }
        if (lines == ends.length) {
            ends = Arrays.copyOf(ends, lines * 2);
        }
        System.arraycopy(line, 0, bytes, start, line.length);
        bytes[end - 1] = '\n';
        ends[lines++] = end;
    }

    int lines() {
        return lines;
    }

    int size() {
        return lines == 0 ? 0 : ends[lines - 1];
    }

    boolean isTaken() {
        return taken == size();
    }

    /** All that has not been taken. */
    ByteBuffer rest() {
        return ByteBuffer.wrap(bytes, taken, size() - taken);
    }

    /** The line that has not been taken yet, without its end; there is one. */
    ByteBuffer nextLine() {
        return ByteBuffer.wrap(bytes, taken, endOfLineAt(taken) - 1 - taken);
    }

    /** The sink has the next line. */
    void takeLine() {
        taken = endOfLineAt(taken);
    }

    /** The sink has that many bytes more. */
    void take(int more) {
        taken += more;
    }

    /**
     * What the sink has of a line without its end it does not have.
     *
     * @return how many bytes that is
     */
    int takeBackTornLine() {
        int index = indexOfLineAt(taken);
        int start = index == 0 ? 0 : ends[index - 1];
        int torn = taken - start;
        taken = start;
        return torn;
    }

    /** Makes room for others. */
    void clear() {
        lines = 0;
        taken = 0;
    }

    private int endOfLineAt(int position) {
        return ends[indexOfLineAt(position)];
    }

    /** The first line that ends behind the position. */
    private int indexOfLineAt(int position) {
        int found = Arrays.binarySearch(ends, 0, lines, position);
        return found < 0 ? -found - 1 : found + 1;
    }
}
