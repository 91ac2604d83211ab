package dev.tailnet.testnet.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel says that a process used ({@code proc(5)}). */
final class ProcessUsage {
    // USER_HZ, which is 100 on every Linux that runs Java.
    private static final double TICKS_PER_SECOND = 100;
    private static final int UTIME = 13;
    private static final int STIME = 14;

    private final Path directory;

    ProcessUsage(long pid) {
        this.directory = Path.of("/proc", Long.toString(pid));
    }

    /** User and system time so far, in seconds. */
    double cpuSeconds() throws IOException {
        var stat = Files.readString(directory.resolve("stat"));
        // The name in parentheses may have blanks; what follows it has none.
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[UTIME - 2]) + Long.parseLong(fields[STIME - 2])) / TICKS_PER_SECOND;
    }

    /** Resident memory, in MB (10^6 bytes). */
    double residentMegabytes() throws IOException {
        for (var line : Files.readAllLines(directory.resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6;
            }
        }
        throw new IOException("no VmRSS in " + directory.resolve("status") + ": the process has ended");
    }
}
