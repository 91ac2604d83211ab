package dev.tailnet.agent.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Finds whose sockets are, by the descriptors of the processes that this one may look at ({@code /proc/PID/fd}, proc(5)). */
final class ProcessScan {
    private static final int MOST_RECENT = 16;
    private static final int MOST_GENERATIONS = 64;
    private static final String SOCKET = "socket:[";

    private final Path proc;
    private final long own;
    /** Whose sockets were found last: theirs is the next one more often than not. */
    private final Deque<Long> recent = new ArrayDeque<>(MOST_RECENT);

    /**
     * @param proc {@code /proc}
     * @param own a process that is not looked at
     */
    ProcessScan(Path proc, long own) {
        this.proc = proc;
        this.own = own;
    }

    /**
     * Looks through processes.
     *
     * @param inodes of sockets
     * @param mayGoOn asked again and again: no longer than this is true
     * @return process numbers of those that were found
     */
    Map<Long, Long> find(Set<Long> inodes, BooleanSupplier mayGoOn) {
        Map<Long, Long> found = new HashMap<>();
        Set<Long> wanted = new HashSet<>(inodes);
        for (Long pid : List.copyOf(recent)) {
            look(pid, wanted, found, mayGoOn);
        }
        if (!wanted.isEmpty()) {
            for (Long pid : newestFirst()) {
                if (wanted.isEmpty() || !mayGoOn.getAsBoolean()) {
                    break;
                }
                if (pid != own && !recent.contains(pid)) {
                    look(pid, wanted, found, mayGoOn);
                }
            }
        }
        found.values().forEach(this::remember);
        return found;
    }

    /** Those that began last are the ones that will have gone soonest. */
    private List<Long> newestFirst() {
        List<Long> all = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                all.add(Long.parseLong(String.valueOf(process.getFileName())));
            }
        } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
            // Nothing more can be told.
        }
        all.sort(Comparator.reverseOrder());
        return all;
    }

    private void look(long pid, Set<Long> wanted, Map<Long, Long> found, BooleanSupplier mayGoOn) {
        if (wanted.isEmpty()) {
            return;
        }
        try (DirectoryStream<Path> descriptors =
                Files.newDirectoryStream(proc.resolve(String.valueOf(pid)).resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (wanted.isEmpty() || !mayGoOn.getAsBoolean()) {
                    return;
                }
                long inode = inodeOf(descriptor);
                if (wanted.remove(inode)) {
                    found.put(inode, pid);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // It has ended, or is another user's.
        }
    }

    private static long inodeOf(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith(SOCKET)
                    ? Long.parseLong(target.substring(SOCKET.length(), target.length() - 1))
                    : 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    private void remember(Long pid) {
        recent.remove(pid);
        recent.addFirst(pid);
        if (recent.size() > MOST_RECENT) {
            recent.removeLast();
        }
    }

    /** Whether a process was started by another, or by one that was, and is there still (proc_pid_stat(5)). */
    boolean isBelow(int process, int ancestor) {
        int each = process;
        for (int i = 0; i < MOST_GENERATIONS && each > 1; i++) {
            if (each == ancestor) {
                return i > 0;
            }
            each = parentOf(each);
        }
        return false;
    }

    /** 0 when it has ended. The name of the program, in parentheses, may be anything. */
    private int parentOf(int process) {
        try {
            String stat = Files.readString(
                    proc.resolve(String.valueOf(process)).resolve("stat"), StandardCharsets.ISO_8859_1);
            return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[1]);
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    /** The name of a process's program; null when it has ended. */
    @Nullable
    String command(long pid) {
        try {
            Path comm = proc.resolve(String.valueOf(pid)).resolve("comm");
            return new String(Files.readAllBytes(comm), StandardCharsets.UTF_8).stripTrailing();
        } catch (IOException e) {
            return null;
        }
    }
}
