package dev.tailnet.agent.report;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.Comparator;

/** What every thread of the JVM is at. */
public final class ThreadDump {
    private ThreadDump() {}

    /** Takes one: threads by name, each with its frames and the locks it holds and waits for, deadlocked ones first said so. */
    public static String take() {
        var threads = ManagementFactory.getThreadMXBean();
        var text = new StringBuilder(16 << 10);
        long[] deadlocked = threads.findDeadlockedThreads();
        if (deadlocked != null) {
            text.append("DEADLOCK of the threads ")
                    .append(Arrays.toString(deadlocked))
                    .append("\n\n");
        }
        Arrays.stream(threads.dumpAllThreads(true, true))
                .sorted(Comparator.comparing(ThreadInfo::getThreadName))
                .forEach(thread -> append(text, thread));
        return text.toString();
    }

    private static void append(StringBuilder text, ThreadInfo thread) {
        text.append('"')
                .append(thread.getThreadName())
                .append("\" ")
                .append(thread.getThreadId())
                .append(thread.isDaemon() ? " daemon " : " ")
                .append(thread.getThreadState())
                .append('\n');
        LockInfo awaited = thread.getLockInfo();
        if (awaited != null) {
            text.append("    waits for ").append(awaited);
            if (thread.getLockOwnerName() != null) {
                text.append(", held by \"")
                        .append(thread.getLockOwnerName())
                        .append("\" ")
                        .append(thread.getLockOwnerId());
            }
            text.append('\n');
        }
        StackTraceElement[] frames = thread.getStackTrace();
        for (int depth = 0; depth < frames.length; depth++) {
            text.append("    at ").append(frames[depth]).append('\n');
            for (MonitorInfo held : thread.getLockedMonitors()) {
                if (held.getLockedStackDepth() == depth) {
                    text.append("    holds ").append(held).append('\n');
                }
            }
        }
        text.append('\n');
    }
}
